import { percentDecodeLossless } from '../protocol/encoding.ts'
import {
  addedParameter,
  type CauseTable,
  type Deviation,
  type SignedParameter,
  withName,
  withValue,
} from './signing.ts'

export type RepetitionCode =
  | 'repeat-dropped'
  | 'repeats-joined'
  | 'repeats-indexed'
  | 'brackets-rewritten'
  | 'empty-values-dropped'
  | 'equals-sign-dropped'
  | 'value-cut-at-equals-sign'
  | 'question-mark-in-name'
  | 'empty-name-signed'

export const repetitionCauses: CauseTable<RepetitionCode> = {
  'repeat-dropped': {
    summary: 'The client signed a repeated parameter only once.',
    fix: 'Sign a repeated parameter as often as it is sent (RFC 5849 §3.4.1.3.2), or use distinct names.',
    symptom: 'Fails where a name occurs more than once, in the query, in the form or in both.',
    clients: {
      'oauth-1.0a and its ports (npm)': 'Use distinct names: a[0], a[1].',
      'node-oauth (npm)': 'Use distinct names in query and form.',
      'twitter-v1-oauth, twitter-api-v2 (npm)': 'Use distinct names.',
      'woocommerce (npm)': 'Remove the query from the endpoint; pass it as parameters.',
      'QOAuth1 (Qt)': 'Use distinct names.',
      'oauth extension (PHP)': 'Use distinct names.',
      'signpost (Java)': 'Use distinct names or values.',
    },
  },
  'repeats-joined': {
    summary: 'The client signed the values of a repeated parameter as one, joined by commas.',
    fix: 'Sign a repeated parameter as often as it is sent (RFC 5849 §3.4.1.3.2).',
    symptom: 'Fails where a name occurs more than once.',
    clients: { 'twitter-v1-oauth (npm)': 'Use distinct names.' },
  },
  'repeats-indexed': {
    summary: 'The client signed a repeated parameter under names with brackets added, such as a[0].',
    fix: 'Sign the names as they are sent, or send a[0], a[1].',
    symptom: 'Fails where a name occurs more than once.',
    clients: { 'node-oauth, oauth-libre (npm)': 'Name the parameters a[0], a[1] yourself.' },
  },
  'brackets-rewritten': {
    summary: 'The client signed names with brackets in a different form from the one that it sent.',
    fix: 'Sign the names as they are sent, brackets included.',
    symptom: 'Fails only for names such as f[] or f[t][].',
    clients: { 'request, oauth-sign, grant, purest (npm)': 'Avoid names that end in [].' },
  },
  'empty-values-dropped': {
    summary: 'The client did not sign parameters that have an empty value.',
    fix: 'Sign them as name= (RFC 5849 §3.4.1.3.2), or do not send them.',
    symptom: 'Fails where a value is empty.',
  },
  'equals-sign-dropped': {
    summary: 'The client signed a parameter with an empty value without its equals sign.',
    fix: 'Sign it as name= (RFC 5849 §3.4.1.3.2).',
    symptom: 'Fails where a value is empty.',
  },
  'value-cut-at-equals-sign': {
    summary: 'The client signed a value only up to the equals sign in it.',
    fix: 'Split a pair only at its first equals sign, or send an equals sign in a value as %3D.',
    symptom: 'Fails where a value contains an unescaped equals sign, such as base64 at its end.',
    clients: { 'oauth-1.0a (npm)': 'Write = in a value as %3D.' },
  },
  'question-mark-in-name': {
    summary: 'The client took the question mark of the address for part of the first name.',
    fix: 'Cut the address after the question mark, and split what follows at &.',
    symptom: 'Fails only for addresses with a query.',
    clients: { 'oauth of tcllib (Tcl)': 'Send the parameters in a form.' },
  },
  'empty-name-signed': {
    summary: 'The client signed a parameter with an empty name, or a trailing &.',
    fix: 'Skip empty pieces when you split the query at &.',
    symptom: 'Fails for addresses that end in ? or &, or without any parameter.',
    clients: {
      'nsrestlet (npm)': 'Remove the & or ? at the end of the address.',
      'oauth-1.0a (npm)': 'Remove the & or ? at the end of the address.',
    },
  },
}

type Parameters = readonly SignedParameter[]

/** How clients treat repeated names, brackets in names, and empty names and values. */
export function repetitionDeviations(parameters: Parameters): Deviation[] {
  return [
    ...repeatDeviations(parameters),
    ...bracketDeviations(parameters),
    ...emptyDeviations(parameters),
    ...splittingDeviations(parameters),
  ]
}

/** Queries split in the wrong places. */
function splittingDeviations(parameters: Parameters): Deviation[] {
  const deviations: Deviation[] = []
  const isCut = ({ place, rawValue }: SignedParameter) => place !== 'header' && rawValue.includes('=')
  const cut = parameters.find(isCut)
  if (cut !== undefined)
    deviations.push({
      code: 'value-cut-at-equals-sign',
      detail: cut.name,
      change: (signing) => ({
        ...signing,
        parameters: signing.parameters.map((parameter) =>
          isCut(parameter)
            ? withValue(parameter, percentDecodeLossless(parameter.rawValue.split('=', 1)[0] ?? ''))
            : parameter,
        ),
      }),
    })
  const first = parameters.find(({ place, isProtocol }) => place === 'query' && !isProtocol)
  for (const mark of first === undefined ? [] : ['?', '%3F'])
    deviations.push({
      code: 'question-mark-in-name',
      change: (signing) => ({
        ...signing,
        parameters: signing.parameters.map((parameter) =>
          parameter.place === 'query' && parameter.rawName === first?.rawName
            ? { ...parameter, encodedName: mark + parameter.encodedName }
            : parameter,
        ),
      }),
    })
  return deviations
}

function repeatDeviations(parameters: Parameters): Deviation[] {
  const counts = new Map<string, number>()
  for (const { name } of parameters) counts.set(name, (counts.get(name) ?? 0) + 1)
  const repeated = new Set(Array.from(counts).flatMap(([name, count]) => (count > 1 ? [name] : [])))
  if (repeated.size === 0) return []
  const detail = Array.from(repeated).slice(0, 3).join(', ')
  const change = (code: RepetitionCode, rewrite: (all: Parameters) => Parameters): Deviation => ({
    code,
    detail,
    change: (signing) => ({ ...signing, parameters: rewrite(signing.parameters) }),
  })
  return [
    change('repeat-dropped', (all) => unique(all, ({ name }) => name)),
    change('repeat-dropped', (all) => unique([...all].reverse(), ({ name }) => name).reverse()),
    change('repeat-dropped', (all) => unique(all, ({ name, value }) => `${name}=${value}`)),
    // A name in both the query and the form, of which the client saw only one.
    change('repeat-dropped', (all) => withoutOverridden(all, 'query')),
    change('repeat-dropped', (all) => withoutOverridden(all, 'body')),
    change('repeats-joined', (all) =>
      unique(all, ({ name }) => name).map((parameter) =>
        repeated.has(parameter.name)
          ? withValue(parameter, valuesOf(all, parameter.name).join(','))
          : parameter,
      ),
    ),
    change('repeats-indexed', (all) => numbered(all, ({ name }) => (repeated.has(name) ? name : undefined))),
    change('repeats-indexed', (all) =>
      all.map((parameter) =>
        repeated.has(parameter.name) ? withName(parameter, `${parameter.name}[]`) : parameter,
      ),
    ),
  ]
}

function bracketDeviations(parameters: Parameters): Deviation[] {
  const bracketed = parameters.find(({ name }) => name.includes('['))
  if (bracketed === undefined) return []
  const change = (rewrite: (all: Parameters) => Parameters): Deviation => ({
    code: 'brackets-rewritten',
    detail: bracketed.name,
    change: (signing) => ({ ...signing, parameters: rewrite(signing.parameters) }),
  })
  const renamed = (rename: (name: string) => string) =>
    change((all) => all.map((parameter) => withName(parameter, rename(parameter.name))))
  return [
    renamed((name) => name.replace(/\[\]$/, '')),
    change((all) => numbered(all, ({ name }) => (name.endsWith('[]') ? name.slice(0, -2) : undefined))),
    renamed((name) => name.replace(/\[\d+\]$/, '[]')),
    renamed((name) => name.replace(/\[\d+\]$/, '')),
    renamed((name) => name.replace(/\[([^[\]]+)\]/g, '.$1')),
    renamed((name) => name.replace(/\[([^[\]]*)\]/g, '.$1')),
    renamed((name) => name.replace(/\[([^[\]]*)\]/g, (_, member) => (member === '' ? '' : `.${member}`))),
    renamed((name) => (name.includes('[') ? name.slice(0, name.indexOf('[')) : name)),
  ]
}

/** The parameters of some name as `name[0]`, `name[1]` and so on. */
function numbered(all: Parameters, stemOf: (parameter: SignedParameter) => string | undefined): Parameters {
  const seen = new Map<string, number>()
  return all.map((parameter) => {
    const stem = stemOf(parameter)
    if (stem === undefined) return parameter
    const at = seen.get(stem) ?? 0
    seen.set(stem, at + 1)
    return withName(parameter, `${stem}[${at}]`)
  })
}

function unique(all: Parameters, keyOf: (parameter: SignedParameter) => string): SignedParameter[] {
  const seen = new Set<string>()
  return all.filter((parameter) => {
    const key = keyOf(parameter)
    return !seen.has(key) && seen.add(key)
  })
}

/** Leaves out the parameters of one place whose names also occur in another. */
function withoutOverridden(all: Parameters, dropped: SignedParameter['place']): Parameters {
  const kept = new Set(all.flatMap(({ place, name }) => (place === dropped ? [] : [name])))
  return all.filter(({ place, name }) => place !== dropped || !kept.has(name))
}

function valuesOf(all: Parameters, name: string): string[] {
  return all.flatMap((parameter) => (parameter.name === name ? [parameter.value] : []))
}

function emptyDeviations(parameters: Parameters): Deviation[] {
  const deviations: Deviation[] = []
  if (parameters.some(({ value }) => value === '')) {
    deviations.push(
      {
        code: 'empty-values-dropped',
        change: (signing) => ({
          ...signing,
          parameters: signing.parameters.filter(({ value }) => value !== ''),
        }),
      },
      {
        code: 'equals-sign-dropped',
        change: (signing) => ({
          ...signing,
          join: (sorted) => signing.join(sorted).replace(/=(?=&|$)/g, ''),
        }),
      },
    )
  }
  deviations.push(
    {
      code: 'empty-name-signed',
      change: (signing) => ({ ...signing, parameters: [...signing.parameters, addedParameter('', '')] }),
    },
    {
      code: 'empty-name-signed',
      change: (signing) => ({ ...signing, join: (sorted) => `${signing.join(sorted)}&` }),
    },
  )
  if (parameters.some(({ name }) => name === ''))
    deviations.push({
      code: 'empty-values-dropped',
      change: (signing) => ({
        ...signing,
        parameters: signing.parameters.filter(({ name }) => name !== ''),
      }),
    })
  return deviations
}
