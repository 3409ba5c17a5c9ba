import { listen } from './app.ts'

const port = Number(process.env['PORT'] ?? 3000)
// Only this machine, while the consent page is the one for development.
const host = process.env['HOST'] ?? '127.0.0.1'
await listen(port, host)
console.log(`Listening on http://${host}:${port}`)
