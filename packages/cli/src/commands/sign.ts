import type { Command } from '../command.ts'
import { print } from '../output.ts'
import { secretNotes } from '../secret.ts'
import { signedRequest } from '../signed-request.ts'
import { signingOptions, signingTask, urlArgument } from '../signing-options.ts'
import { showSigning } from '../verbose.ts'

export const sign: Command = {
  name: 'sign',
  summary: 'Sign a request, and print what to send',
  options: signingOptions.filter(({ flags }) => !flags.startsWith('--header')),
  argument: urlArgument,
  notes: `${secretNotes}
Prints the Authorization header; with --place query the signed URL, with --place body the signed form.`,
  examples: [
    'sign --key KEY --secret-file secret.txt https://api.example.com/photos?size=large',
    'sign --key KEY --place query https://api.example.com/photos',
  ],
  async run(given) {
    const { signing, unsigned } = await signingTask(given)
    const signed = signedRequest(signing, unsigned)
    showSigning(given, signed)
    const { authorization, url, form } = signed
    const line =
      authorization !== undefined
        ? `Authorization: ${authorization}`
        : unsigned.place === 'query'
          ? url
          : (form ?? '')
    print(given, signed, [line])
  },
}
