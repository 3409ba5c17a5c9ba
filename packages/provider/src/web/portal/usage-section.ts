import { html, raw } from 'hono/html'
import type { ClientUsage, UsageCounts } from '../../clients/client-usage.ts'
import type { Texts } from '../../texts/texts.ts'
import { day, type Html } from '../ui/text.ts'
import { placeText } from './policy-pages.ts'

const barWidth = 10
const height = 80

/** A client's usage in the last days: a chart, and the same data in a table. */
export function usageSection(texts: Texts, usage: ClientUsage): Html {
  const { developer } = texts
  const { accepted, refused, days, lastAt } = usage
  const lastUsed = lastAt === undefined ? '' : developer.usageLast({ day: day(texts, lastAt) })
  if (accepted + refused === 0)
    return html`<h2>${developer.usage()}</h2><p class="empty">${lastAt === undefined ? developer.usageEmpty() : lastUsed}</p>`
  return html`<h2>${developer.usage()}</h2>
<p>${developer.usageSum({ accepted, refused })} ${lastUsed}</p>
${chart(developer, usage)}
<details><summary>${developer.usageTable()}</summary>
<table><thead><tr><th scope="col">${developer.day()}</th><th scope="col">${developer.accepted()}</th><th scope="col">${developer.refused()}</th></tr></thead>
<tbody>${days
    .filter((one) => one.accepted + one.refused > 0)
    .toReversed()
    .map((one) => countsRow(day(texts, one.at), one))}</tbody></table>
<table><thead><tr><th scope="col">${developer.method()}</th><th scope="col">${developer.accepted()}</th><th scope="col">${developer.refused()}</th></tr></thead>
<tbody>${usage.byMethod.map((one) => countsRow(one.signatureMethod || developer.unknown(), one))}</tbody></table>
<table><thead><tr><th scope="col">${developer.place()}</th><th scope="col">${developer.accepted()}</th><th scope="col">${developer.refused()}</th></tr></thead>
<tbody>${usage.byPlace.map((one) => countsRow(one.place === '' ? developer.unknown() : placeText(developer, one.place), one))}</tbody></table>
</details>`
}

function countsRow(head: string | Html, { accepted, refused }: UsageCounts): Html {
  return html`<tr><th scope="row">${head}</th><td>${accepted}</td><td>${refused}</td></tr>`
}

/** Bars of accepted requests, with the refused ones on top. Screen readers use the sentence and the table. */
function chart(texts: Texts['developer'], { days, accepted, refused }: ClientUsage): Html {
  const most = Math.max(...days.map((one) => one.accepted + one.refused))
  const tall = (count: number) => (count === 0 ? 0 : Math.max(1, Math.round((count / most) * height)))
  const bars = days.map((one, at) => {
    const [good, bad] = [tall(one.accepted), tall(one.refused)]
    const bar = (kind: string, top: number, tallness: number) =>
      tallness === 0
        ? ''
        : `<rect class="${kind}" x="${at * barWidth + 1}" y="${top}" width="${barWidth - 2}" height="${tallness}"></rect>`
    return bar('good', height + 2 - good, good) + bar('bad', height + 2 - good - bad, bad)
  })
  const width = days.length * barWidth
  // Nothing but numbers.
  return html`<svg class="chart" viewBox="0 0 ${width} ${height + 3}" role="img" aria-label="${texts.usageSum({ accepted, refused })}">${raw(bars.join(''))}<path class="axis" d="M0 ${height + 2.5}H${width}"></path></svg>`
}
