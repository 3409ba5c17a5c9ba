import { createHmac } from 'node:crypto'
import { sharedKey, symmetric } from 'countersign'
import { type PlantedFault, withoutHeader } from './planted-fault.ts'

/** How refusals are written. */
export const responseFaults: readonly PlantedFault[] = [
  [
    'the right signature stands in the refusal',
    'errors-no-oracle',
    () => {
      let right = ''
      const sign = symmetric(({ baseString, clientSecret, tokenSecret }) => {
        right = createHmac('sha1', sharedKey(clientSecret, tokenSecret)).update(baseString).digest('base64')
        return right
      })
      return {
        options: () => ({ signatureMethods: { 'HMAC-SHA1': sign } }),
        response: (response) =>
          response.status === 401 ? { ...response, body: `${response.body} expected ${right}` } : response,
      }
    },
  ],
  [
    'a 401 carries no challenge',
    'errors-challenge',
    () => ({ response: (response) => withoutHeader(response, 'www-authenticate') }),
  ],
  [
    'an unknown client is told apart',
    'errors-clients-not-told',
    () => ({ options: () => ({ distinctErrors: true }) }),
  ],
]
