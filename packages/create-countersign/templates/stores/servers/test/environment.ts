// Loaded before the application, which reads these names at its start. The test adds a client of its own and touches no
// other rows; give it a database of its own all the same, where you have one.
process.env['DATABASE_URL'] = process.env['TEST_DATABASE_URL'] ?? process.env['DATABASE_URL']
process.env['OAUTH1_INSECURE_TRANSPORT'] = 'true'
