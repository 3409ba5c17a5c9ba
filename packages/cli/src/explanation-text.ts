import type { BaseStringText, Diagnosis } from 'countersign/diagnose'
import { baseStringLines, differenceLines } from './base-string-lines.ts'

/** A diagnosis in words, with its base strings. */
export function explanationLines(
  diagnosis: Diagnosis,
  notes: readonly string[],
  whenSigned: readonly string[],
  inColour: boolean,
): string[] {
  const { causes, proven, ruledOut, trials, complete, baseStrings } = diagnosis
  const lines = [headline(diagnosis)]
  if (notes.length > 0) lines.push('', ...notes.map((note) => `Note: ${note}`))
  if (diagnosis.outcome === 'valid' && causes.length === 0) lines.push('', ...nextToCheck, '', ...whenSigned)
  for (const { code, summary, fix, detail } of causes) {
    lines.push('', `Cause     ${code}`, `          ${summary}`)
    if (detail) lines.push(`Where     ${visible(detail)}`)
    lines.push(`Fix       ${fix}`)
  }
  if (diagnosis.outcome === 'explained') {
    lines.push(
      '',
      proven
        ? 'Proven    yes: this signature can only be made with a secret of the client.'
        : 'Proven    no: anyone could have made this signature, as no secret is in it.',
    )
  }
  if (ruledOut.length > 0) lines.push('', 'Known facts', ...ruledOut.map((sentence) => `  - ${sentence}`))
  if (trials > 0) {
    lines.push('', `Trials    ${trials}${complete ? '' : ', after which the search stopped'}`)
  }
  if (baseStrings !== undefined) lines.push('', ...baseStringsLines(baseStrings, inColour))
  return lines
}

/** The server's clock, nonces and tokens are not known here, nor the address at which a proxy calls it. */
const nextToCheck = [
  'If the server refuses it, look at the timestamp, at the nonce, which can be used only once, and at the token.',
  'Behind a proxy, the server may check another scheme, host or path than this request has: it needs its public origin.',
]

/** When a request was signed, by the clock of this machine. A number in another unit is not near the current time. */
export function timestampLine(text: string, nowSeconds: number): string {
  if (!/^[0-9]{1,11}$/.test(text)) return `Timestamp ${visible(text)} is not in whole seconds since 1970`
  const seconds = Number(text)
  const moment = new Date(seconds * 1000).toISOString().replace('.000Z', 'Z')
  const side = seconds > nowSeconds ? 'ahead of' : 'behind'
  return `Timestamp ${moment}, ${Math.abs(seconds - nowSeconds)} s ${side} this machine's clock`
}

function headline({ outcome, causes }: Diagnosis): string {
  if (outcome === 'valid') return 'The signature is right.'
  if (outcome === 'explained') return 'The signature is wrong, and this is why.'
  return causes.length > 0
    ? 'The request would be refused, and this is why.'
    : 'The signature is wrong, and no known mistake explains it.'
}

function baseStringsLines(
  { expected, signed, expectedKey, signedKey }: NonNullable<Diagnosis['baseStrings']>,
  inColour: boolean,
): string[] {
  if (signed === undefined || signed === expected) {
    return [
      ...keyLines(expectedKey, signedKey),
      '',
      signed === undefined
        ? 'Base string that is expected'
        : 'Base string, which the client made as expected',
      ...baseStringLines(expected).map((line) => `  ${line}`),
    ]
  }
  return [
    ...keyLines(expectedKey, signedKey),
    '',
    'Base strings: - expected, + signed by the client',
    ...differenceLines(expected, signed, inColour),
  ]
}

/** How the keys are built, never the keys themselves. */
function keyLines(expectedKey: string, signedKey: string | undefined): string[] {
  return signedKey === undefined || signedKey === expectedKey
    ? [`Key       ${expectedKey}`]
    : [`Key       ${expectedKey}`, `          the client signed with: ${signedKey}`]
}

/** Compares a base string given with the request to the expected one. */
export function givenBaseStringLines(expected: string, given: string, inColour: boolean): string[] {
  return expected === given
    ? ['The base string is the expected one.']
    : ['Base strings: - expected, + given', ...differenceLines(expected, given, inColour)]
}

/** A base string alone: its parts, and what is wrong with its form. */
export function baseStringTextLines({ verb, uri, parameters, problems }: BaseStringText): string[] {
  return [
    problems.length === 0 ? 'The base string is well formed.' : 'The base string is malformed.',
    ...problems.map((problem) => `  - ${visible(problem)}`),
    '',
    `Method    ${verb}`,
    `URI       ${visible(uri)}`,
    ...parameters.map(
      ([name, value], at) => `${at === 0 ? 'Signed    ' : '          '}${visible(name)}=${visible(value)}`,
    ),
  ]
}

/** Text from a request must not control the terminal. */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`)
}
