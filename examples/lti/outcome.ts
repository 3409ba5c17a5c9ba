import { OAuth1Client } from 'countersign/client'

/** Where to send the grade of a launch's user. */
export interface Gradebook {
  readonly clientId: string
  readonly clientSecret: string
  /** `lis_outcome_service_url`. */
  readonly url: string
  /** `lis_result_sourcedid`. */
  readonly sourcedId: string
}

/** Sends a grade from 0 to 1 to the platform; returns whether it was accepted. */
export async function sendGrade(gradebook: Gradebook, grade: number): Promise<boolean> {
  const { clientId, clientSecret, url, sourcedId } = gradebook
  const client = new OAuth1Client({ clientId, clientSecret, bodyHash: 'always' })
  const response = await client.fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/xml' },
    body: replaceResult(sourcedId, grade),
  })
  return response.ok && /<imsx_codeMajor>\s*success\s*</.test(await response.text())
}

function replaceResult(sourcedId: string, grade: number): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<imsx_POXEnvelopeRequest xmlns="http://www.imsglobal.org/services/ltiv1p1/xsd/imsoms_v1p0">
  <imsx_POXHeader><imsx_POXRequestHeaderInfo>
    <imsx_version>V1.0</imsx_version>
    <imsx_messageIdentifier>${crypto.randomUUID()}</imsx_messageIdentifier>
  </imsx_POXRequestHeaderInfo></imsx_POXHeader>
  <imsx_POXBody><replaceResultRequest><resultRecord>
    <sourcedGUID><sourcedId>${escaped(sourcedId)}</sourcedId></sourcedGUID>
    <result><resultScore><language>en</language><textString>${grade}</textString></resultScore></result>
  </resultRecord></replaceResultRequest></imsx_POXBody>
</imsx_POXEnvelopeRequest>`
}

/** Escapes text for XML and HTML. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`)
}
