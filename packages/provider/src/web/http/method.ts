/** Whether a request only asks for a page, and sends nothing. */
export function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}
