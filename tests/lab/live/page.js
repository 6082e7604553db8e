// Asks for what it is told, in any context: a page, a frame, a worker. `cases` and `options` stand before it in a page.
const sleep = s => new Promise(done => setTimeout(done, s * 1000));
const ended = (target, good, bad, limit = 4) => Promise.race([sleep(limit).then(() => 'waits'), new Promise(done => {
  target[good] = () => done('ok');
  target[bad] = () => done('fails');
})]);
const body = s => s.body === true ? 'hello' : s.body === 'json' ? new Blob(['{}'], {type: 'application/json'}) : s.body || undefined;

async function ask(s) {
  const abort = new AbortController(), timer = setTimeout(() => abort.abort(), s.abort ?? 4000);
  switch (s.api) {
    case 'fetch': {
      const answer = await fetch(s.url, {method: s.method, headers: s.headers, credentials: s.credentials, mode: s.mode, body: body(s), signal: abort.signal});
      await answer.text();
      clearTimeout(timer);
      return 'ok';
    }
    case 'xhr': case 'upload': {
      const x = new XMLHttpRequest();
      x.open(s.method, s.url);
      for (const [name, value] of s.headers) x.setRequestHeader(name, value);
      x.withCredentials = s.credentials === 'include';
      x.timeout = 4000;
      if (s.api === 'upload') x.upload.onprogress = () => 0;
      if (s.abort !== undefined) setTimeout(() => x.abort(), s.abort);
      return new Promise(done => {
        x.onloadend = () => done(x.status ? 'ok' : 'fails');
        x.send(body(s));
      });
    }
    case 'events': {
      const source = new EventSource(s.url, {withCredentials: s.credentials === 'include'});
      const word = await ended(source, 'onopen', 'onerror');
      source.close();
      return word;
    }
    case 'beacon': {
      navigator.sendBeacon(s.url, body(s));
      await sleep(.6);
      return 'sent';
    }
    case 'font': {
      const face = new FontFace('f' + Math.random().toString(36).slice(2), `url(${s.url})`);
      await Promise.race([face.load(), sleep(4)]);
      return 'ok';
    }
    default: {  // an element
      const [name, place] = {img: ['img', 'src'], script: ['script', 'src'], module: ['script', 'src'], style: ['link', 'href'],
        video: ['video', 'src'], audio: ['audio', 'src']}[s.api];
      const element = document.createElement(name);
      if (s.crossorigin) element.crossOrigin = s.crossorigin;
      if (s.api === 'module') element.type = 'module';
      if (s.api === 'style') element.rel = 'stylesheet';
      const word = ended(element, place === 'src' && name !== 'script' && name !== 'img' ? 'onloadeddata' : 'onload', 'onerror');
      element[place] = s.url;
      (document.body ?? document.head).append(element);
      return word;
    }
  }
}

const safe = s => ask(s).catch(() => 'fails');
if (typeof document === 'undefined') {
  onmessage = async ({data}) => postMessage({number: data.number, word: await safe(data.step)});
} else if (typeof options === 'undefined') {
  onmessage = async ({data, source}) => source.postMessage({number: data.number, word: await safe(data.step)}, '*');
  parent.postMessage({opened: true}, '*');
} else {
  window.onload = () => run().then(account => setTimeout(() => { window.account = account; }, 400));
}

async function context(via) {
  const pending = new Map();
  let number = 0, post;
  const heard = ({data}) => { pending.get(data.number)?.(data.word); };
  if (via in options.frames) {
    const frame = document.createElement('iframe');
    if (options.frames[via].sandbox) frame.sandbox = 'allow-scripts';
    frame.src = options.frames[via].url;
    const opened = new Promise(done => addEventListener('message', e => { if (e.source === frame.contentWindow) e.data.opened ? done() : heard(e); }));
    document.body.append(frame);
    await Promise.race([opened, sleep(5)]);
    post = message => frame.contentWindow.postMessage(message, '*');
  } else {
    const text = options.source;
    const url = {worker: options.worker, blob: () => URL.createObjectURL(new Blob([text])), data: 'data:text/javascript,' + encodeURIComponent(text)}[via];
    const worker = new Worker(typeof url === 'function' ? url() : url);
    worker.onmessage = heard;
    post = message => worker.postMessage(message);
  }
  return step => new Promise(done => {
    pending.set(++number, done);
    post({number, step});
    sleep(8).then(() => done('waits'));
  });
}

async function run() {
  if (options.service) {
    await navigator.serviceWorker.register(options.service, {scope: location.pathname});
    await Promise.race([sleep(5), new Promise(done => { navigator.serviceWorker.oncontrollerchange = done; navigator.serviceWorker.controller && done(); })]);
  }
  const contexts = {}, account = [];
  const within = via => via === 'page' ? safe : async step => (await (contexts[via] ??= context(via)))(step);
  const one = async steps => {
    const all = [];
    for (const step of steps) {
      await sleep(step.wait ?? 0);
      const asked = within(step.via ?? 'page')(step).then(word => { account.push({url: step.url, method: step.method, via: step.via, api: step.api, word}); });
      all.push(asked);
      if (!step.together) await asked;
    }
    await Promise.all(all);
  };
  const lane = async () => { for (let steps; (steps = cases.shift());) await one(steps); };
  await Promise.all([...Array(6)].map(lane));
  return account;
}
