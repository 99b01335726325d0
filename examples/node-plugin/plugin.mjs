// A connector in one file, without packages: sends a file to Phrase TMS and brings its translation home.
// It needs Node 18 or newer. Against the sandbox and against the vendor it differs in three addresses.
import { readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'

const { PHRASE_PLATFORM_URL: platform, PHRASE_TMS_URL: tms, PHRASE_API_TOKEN: apiToken } = process.env
const [source, lang, target] = process.argv.slice(2)
if (!platform || !tms || !apiToken || !target) {
  console.error('usage: PHRASE_PLATFORM_URL=… PHRASE_TMS_URL=… PHRASE_API_TOKEN=… node plugin.mjs SOURCE LANGUAGE TARGET')
  process.exit(2)
}

// An answer that is not 2xx ends the run with the vendor's own words.
async function ask(method, url, options = {}) {
  const answer = await fetch(url, { method, ...options })
  if (!answer.ok) throw new Error(`${method} ${new URL(url).pathname}: ${answer.status} ${await answer.text()}`)
  return answer
}

async function token() {
  const form = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token_type: 'urn:phrase:params:oauth:token-type:api_token',
    subject_token: apiToken,
  })
  return (await (await ask('POST', `${platform}/idm/oauth/token`, { body: form })).json()).access_token
}

const authorization = { Authorization: `Bearer ${await token()}` }
const get = async (path) => (await ask('GET', `${tms}/api2${path}`, { headers: authorization })).json()
const send = (method, path, body) =>
  ask(method, `${tms}/api2${path}`, {
    headers: { ...authorization, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })

// Ask again, ever more slowly, until the answer is there.
async function until(what, read) {
  for (let pause = 50, left = 60_000; left > 0; left -= pause, pause = Math.min(pause * 1.5, 5_000)) {
    const found = await read()
    if (found) return found
    await new Promise((done) => setTimeout(done, pause))
  }
  throw new Error(`${what} took too long`)
}

const templates = (await get('/v1/projectTemplates?name=Website')).content
const template = templates.find((entry) => entry.templateName === 'Website')
const project = await (
  await send('POST', `/v2/projects/applyTemplate/${template.uid}`, {
    name: `node-plugin ${basename(source)}`,
    targetLangs: [lang],
  })
).json()

const created = await (
  await ask('POST', `${tms}/api2/v1/projects/${project.uid}/jobs`, {
    headers: {
      ...authorization,
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `filename*=UTF-8''${encodeURIComponent(basename(source))}`,
      Memsource: JSON.stringify({ targetLangs: [lang] }),
    },
    body: await readFile(source),
  })
).json()
if (created.jobs.length === 0) throw new Error(`not taken: ${created.unsupportedFiles.join(', ')}`)
const job = `/v1/projects/${project.uid}/jobs/${created.jobs[0].uid}`

await until('the translation', async () => {
  const { importStatus, status } = await get(job)
  if (importStatus.status === 'ERROR') throw new Error(`import failed: ${importStatus.errorMessage}`)
  if (['DECLINED', 'CANCELLED'].includes(status)) throw new Error(`the job is ${status}`)
  return status === 'COMPLETED'
})

const jobV3 = job.replace('/v1/', '/v3/')
const { asyncRequest } = await (await send('PUT', `${jobV3}/targetFile`, {})).json()
const { asyncResponse } = await until('the export', async () => {
  const request = await get(`/v1/async/${asyncRequest.id}`)
  return request.asyncResponse && request
})
if (asyncResponse.errorCode) throw new Error(`export failed: ${asyncResponse.errorDesc}`)

// The id is spent once the download begins: keep the bytes, and ask for DELIVERED only when they are safe.
const download = `${tms}/api2${job.replace('/v1/', '/v2/')}/downloadTargetFile/${asyncRequest.id}`
const file = await ask('GET', download, { headers: authorization })
await writeFile(target, new Uint8Array(await file.arrayBuffer()))
await send('POST', `${job}/setStatus`, { requestedStatus: 'DELIVERED' })
console.log(`${target} is home`)
