import { captured } from './captured.ts'

/** The shells that can complete our commands. */
export const shells = ['bash', 'zsh', 'fish'] as const

/** The name that is completed. */
const name = 'countersign'

/** The script for a shell to complete our commands: its function calls `countersign complete -- WORDS…`. */
export async function completionScript(shell: string): Promise<string> {
  if (shell === 'bash') return bash
  const { default: tab } = await import('@bomb.sh/tab')
  return captured(() => tab.setup(name, name, shell))
}

/**
 * Bash by itself: the library's script needs the package bash-completion, hands what was typed to `eval`, and does not
 * complete files. Bash cuts words at `=` and `:`, so they are put together again.
 */
const bash = String.raw`# bash completion for countersign
_countersign() {
  local word output directive line
  local -a words=()
  COMPREPLY=()
  for word in "${'$'}{COMP_WORDS[@]:1:COMP_CWORD}"; do
    if ((${'$'}{#words[@]})) && [[ $word == [=:]* || ${'$'}{words[-1]} == *[=:] ]]; then
      words[-1]+=$word
    else
      words+=("$word")
    fi
  done
  output=$(countersign complete -- "${'$'}{words[@]}" 2>/dev/null) || return
  directive=${'$'}{output##*:}
  word=${'$'}{COMP_WORDS[COMP_CWORD]#[=:]}
  while IFS= read -r line; do
    line=${'$'}{line%%$'\t'*}
    [[ $line != :* && -n $line && $line == "$word"* ]] && COMPREPLY+=("$line")
  done <<<"$output"
  ((directive & 4)) && compopt +o default 2>/dev/null
  return 0
}
complete -o default -F _countersign countersign
`
