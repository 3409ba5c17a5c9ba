import { documentedErrors } from '../../src/settings/settings.ts'
import { guide } from './plan-file.ts'

/** What the tests retire: one method, one client, and nothing of others. */
export const plan = {
  guide,
  rules: [
    {
      method: 'HMAC-SHA1',
      announced: '2027-01-01',
      ends: '2027-06-01',
      brownouts: [{ from: '2027-03-01T10:00Z', minutes: 15, every: 'week' }],
    },
    { client: 'leaving', announced: '2027-02-01', ends: '2027-04-01' },
  ],
}

const link = `<${guide}>; rel="deprecation", <${guide}>; rel="sunset"`

/** The headers, exactly as RFC 9745 and RFC 8594 have them. */
export const ofSha1 = { deprecation: '@1798761600', sunset: 'Tue, 01 Jun 2027 00:00:00 GMT', link }
export const ofLeaving = { deprecation: '@1801440000', sunset: 'Thu, 01 Apr 2027 00:00:00 GMT', link }
export const ofNothing = { deprecation: null, sunset: null, link: null }

/** The same headers of a response. */
export function told({ headers }: Response) {
  const get = (name: string) => headers.get(name)
  return { deprecation: get('deprecation'), sunset: get('sunset'), link: get('link') }
}

export const retired = {
  error: 'retired',
  error_description: `HMAC-SHA1 ended here on 2027-06-01. How to move on: ${guide}`,
  error_uri: `${documentedErrors}#retired`,
}

export function brownoutUntil(time: string) {
  return {
    error: 'brownout',
    error_description: `HMAC-SHA1 ends here on 2027-06-01. Until then it is switched off now and then, this time until ${time} UTC. How to move on: ${guide}`,
    error_uri: `${documentedErrors}#brownout`,
  }
}
