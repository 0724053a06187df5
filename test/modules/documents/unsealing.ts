/** Opens one document in a process of its own, which a test can kill: database, directory, document, identity. */
import { unsealDocument } from '../../../src/modules/documents/index.ts'
import { openDatabase } from '../../../src/platform/database/database.ts'
import { localFileStore } from '../../../src/platform/files/files.ts'
import { NO_SCANNER } from '../../../src/platform/files/scanners.ts'

const [url = '', directory = '', documentId = '', identity = ''] = process.argv.slice(2)
const database = openDatabase({ url, poolSize: 2, applicationName: 'unsealing' })
await unsealDocument({ database, files: localFileStore(directory), scanner: NO_SCANNER }, documentId, identity)
await database.close()
