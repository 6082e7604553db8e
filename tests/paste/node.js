// Reads [[n, stack, text, honest], ...] on standard input; runs each text as a program whose every name is a
// recorder, and prints [[n, why], ...] for those that are no program or use names that no honest text uses.
const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'))

function names(stack, text) {
  const source = stack === 'hapi' ? `return ({ ${text} })` : text
  const seen = new Set()
  const recorder = new Proxy(function () {}, {
    // A recorder is no promise: it would be waited for without end.
    get: (_, name) => (name === 'then' ? undefined : name === Symbol.toPrimitive ? () => '' : recorder),
    apply: (_, __, given) => given.forEach(each => typeof each === 'function' && each !== recorder && each(recorder)) || recorder,
    construct: () => recorder,
  })
  const world = new Proxy({}, {
    has: (_, name) => typeof name === 'string',
    get: (_, name) => (typeof name === 'string' ? (seen.add(name), recorder) : undefined),
    set: (_, name) => (seen.add('=' + String(name)), true),
  })
  new Function('world', `with (world) { (async () => { ${source}\n })() }`)(world)
  return [...seen]
}

const wrong = []
const known = {}
for (const [n, stack, text, honest] of texts.sort((a, b) => b[3] - a[3])) {
  try {
    const used = names(stack, text)
    const of = (known[stack] ??= new Set())
    if (honest) used.forEach(name => of.add(name))
    else if (!used.every(name => of.has(name))) wrong.push([n, `node: uses ${used}`])
  } catch (error) {
    wrong.push([n, `node: ${error}`])
  }
}
process.stdout.write(JSON.stringify(wrong))
