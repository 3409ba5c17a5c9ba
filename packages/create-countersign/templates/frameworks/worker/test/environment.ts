// Loaded before all else: the test sends nothing to Cloudflare.
process.env['WRANGLER_SEND_METRICS'] = 'false'
