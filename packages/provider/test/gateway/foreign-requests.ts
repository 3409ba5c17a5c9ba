/** A request that a client is told to send. */
export interface ForeignRequest {
  readonly method: string
  /** Path and query. */
  readonly rest: string
  /** A form, encoded, or as fields. */
  readonly form?: string
  readonly fields?: readonly (readonly [name: string, value: string])[]
  /** A body that is no form, and its type. */
  readonly content?: string
  readonly type?: string
}

const form =
  'q=Gr%C3%BC%C3%9Fe%20%26%20k%C3%BCsse%3D1&tag=b&tag=a&empty=&%E6%97%A5=%E8%AA%9E%20%2B%20100%25%7E'
const plainForm = 'b=1&empty=&q=a%20b%26%3D%2B&tag=a&tag=b'
const json = { content: '{"title":"Grüße","tags":["a&b=c"]}', type: 'application/json' }

/** Requests that a client may be told to send, by what is odd about them. */
export const foreignRequests = {
  GET: { method: 'GET', rest: '/photos' },
  POST: { method: 'POST', rest: '/photos' },
  PUT: { method: 'PUT', rest: '/photos' },
  PATCH: { method: 'PATCH', rest: '/photos' },
  DELETE: { method: 'DELETE', rest: '/photos' },
  HEAD: { method: 'HEAD', rest: '/photos' },
  OPTIONS: { method: 'OPTIONS', rest: '/photos' },
  'a path of other letters': { method: 'GET', rest: '/Gr%C3%BC%C3%9Fe/%E6%97%A5%E6%9C%AC%20%E8%AA%9E' },
  'a path of reserved characters': { method: 'GET', rest: "/a~b!c(d)e'f*g+h,i;j=k@l:m$n&o" },
  'a path of escapes': { method: 'GET', rest: '/%7E%21%28%29%27%2A%2B%2C%3A%40' },
  'a query of other letters': { method: 'GET', rest: '/photos?%E6%97%A5=%E8%AA%9E&q=Gr%C3%BC%C3%9Fe' },
  'a query with repeats': { method: 'GET', rest: '/photos?tag=b&tag=a&empty=&tag=b' },
  'a query of escapes': { method: 'GET', rest: '/photos?q=%7E%21%28%29%27%2A%2B%2C%26%3D%25' },
  'a query of reserved characters': { method: 'GET', rest: "/photos?q=~!()'*,:;@/" },
  'a query of a field without a value': { method: 'GET', rest: '/photos?flag' },
  'a form': { method: 'POST', rest: '/photos', form },
  'a form in ASCII': { method: 'POST', rest: '/photos', form: plainForm },
  'a form by PUT': { method: 'PUT', rest: '/photos', form },
  'a form by PATCH': { method: 'PATCH', rest: '/photos', form },
  'a form beside a query': { method: 'POST', rest: '/photos?a=%C3%BC&tag=c', form },
  'a form of fields': {
    method: 'POST',
    rest: '/photos?a=1',
    fields: [
      ['q', 'Grüße & küsse=1'],
      ['empty', ''],
      ['tag', "a~b!c(d)e'f*g+h"],
    ],
  },
  JSON: { method: 'POST', rest: '/photos', ...json },
  'JSON by PUT': { method: 'PUT', rest: '/photos?q=%C3%BC', ...json },
  'JSON by PATCH': { method: 'PATCH', rest: '/photos', ...json },
} as const satisfies Readonly<Record<string, ForeignRequest>>

export type ForeignRequestName = keyof typeof foreignRequests
