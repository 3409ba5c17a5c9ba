import { formType } from '../signing.ts'
import type { SentParameters } from './sent-parameters.ts'

/** Bodies that providers misread, with or without a query. */
export const sentForms: readonly SentParameters[] = [
  {
    id: 'rfc-example',
    title: 'The parameters of the RFC’s own example, in query and form',
    why: 'It holds every rule of the section at once.',
    method: 'POST',
    query: 'b5=%3D%253D&a3=a&c%40=&a2=r%20b',
    form: 'c2&a3=2+q',
    pairs: [
      ['b5', '=%3D'],
      ['a3', 'a'],
      ['c@', ''],
      ['a2', 'r b'],
      ['c2', ''],
      ['a3', '2 q'],
    ],
  },
  {
    id: 'query-and-form',
    title: 'A name in both query and form is signed with all its values',
    why: 'Frameworks keep only one of them.',
    method: 'POST',
    query: 'a=2&b=x',
    form: 'a=1&a=3',
    pairs: [
      ['a', '2'],
      ['b', 'x'],
      ['a', '1'],
      ['a', '3'],
    ],
  },
  {
    id: 'form-plus',
    title: 'A form body is decoded as the query is',
    why: 'Forms encode spaces as plus signs.',
    method: 'POST',
    form: 'a=1+2%2B3&b=%C3%A9',
    pairs: [
      ['a', '1 2+3'],
      ['b', 'é'],
    ],
  },
  {
    id: 'form-charset',
    title: 'A form whose content type has a charset is signed',
    why: 'Libraries add ; charset=UTF-8.',
    method: 'POST',
    form: 'a=1&b=2',
    contentType: `${formType}; charset=UTF-8`,
    pairs: [
      ['a', '1'],
      ['b', '2'],
    ],
  },
  {
    id: 'form-put',
    title: 'A form body of PUT is signed',
    why: 'The content type decides, not the method.',
    method: 'PUT',
    form: 'a=1',
    pairs: [['a', '1']],
  },
  {
    id: 'form-empty',
    title: 'An empty form has no parameters',
    why: 'Some parsers read an empty name from it.',
    method: 'POST',
    form: '',
    pairs: [],
  },
  {
    id: 'json-body',
    title: 'A JSON body is not signed',
    why: 'A provider that takes every body for a form refuses such requests.',
    method: 'POST',
    form: '{"a":"1=2&b"}',
    contentType: 'application/json',
    pairs: [],
  },
  {
    id: 'multipart-body',
    title: 'A multipart body is not signed',
    why: 'Frameworks parse it into the same fields as a form.',
    method: 'POST',
    form: '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
    contentType: 'multipart/form-data; boundary=x',
    pairs: [],
  },
]
