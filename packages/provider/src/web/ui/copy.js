// Adds a copy button to every secret, key and code on a page. Without this script, one click selects them.
const { copy, copied } = document.currentScript.dataset
const canCopy = navigator.clipboard !== undefined

for (const value of document.querySelectorAll('dd.secret > code, code.code, pre.command > code')) {
  if (!canCopy) break
  const button = document.createElement('button')
  const status = document.createElement('span')
  button.type = 'button'
  button.className = 'copy second'
  button.textContent = copy
  const term = value.closest('dd')?.previousElementSibling?.textContent
  if (term) button.setAttribute('aria-label', `${copy}: ${term}`)
  status.className = 'heard'
  status.setAttribute('role', 'status')
  button.addEventListener('click', async (event) => {
    // Inside an element that a click selects as a whole.
    event.stopPropagation()
    await navigator.clipboard.writeText(value.textContent.trim())
    button.textContent = copied
    status.textContent = copied
    setTimeout(() => {
      button.textContent = copy
      status.textContent = ''
    }, 2_000)
  })
  // A list of terms holds nothing but terms and their values.
  const after = value.parentElement.matches('pre') ? value.parentElement : value
  after.after(button, status)
}
