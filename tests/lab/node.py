"""Applications on Node, each with a place for the fix: /data answers, /boom fails.

Needs express, cors, fastify, @fastify/cors, koa, @koa/cors, @koa/router, @hapi/hapi, @nestjs/core,
@nestjs/common, @nestjs/platform-express, reflect-metadata and rxjs in NODE_PATH.
"""
from server import OTHER, Server


def express(before, routes="app.post('/data', (q, r) => r.json({ok: 1})); app.post('/boom', () => { throw new Error('boom') })"):
    script = f"const express = require('express'), cors = require('cors'); const app = express();\n{before}\n{routes};\napp.listen(@PORT@, '127.0.0.1')"
    return Server({"app.cjs": script}, ["node", "app.cjs"])


def fastify(before):
    script = f"""const fastify = require('fastify')();
(async () => {{ {before}
fastify.post('/data', async () => ({{ok: 1}})); fastify.post('/boom', async () => {{ throw new Error('boom') }});
await fastify.listen({{port: @PORT@, host: '127.0.0.1'}}) }})()"""
    return Server({"app.cjs": script}, ["node", "app.cjs"])


def koa(cors):
    script = f"""const Koa = require('koa'), cors = require('@koa/cors'), Router = require('@koa/router'); const app = new Koa(); app.silent = true;
{cors}
const router = new Router();
router.post('/data', c => {{ c.body = {{ok: 1}} }});
router.post('/boom', c => {{ throw new Error('boom') }});
app.use(router.routes()).use(router.allowedMethods());
app.listen(@PORT@, '127.0.0.1')"""
    return Server({"app.cjs": script}, ["node", "app.cjs"])


def hapi(cors):
    """`cors` is the option's text."""
    script = f"""const Hapi = require('@hapi/hapi');
const server = Hapi.server({{ port: @PORT@, host: '127.0.0.1', debug: false, {cors} }});
server.route({{ method: 'POST', path: '/data', handler: () => ({{ok: 1}}) }});
server.route({{ method: 'POST', path: '/boom', handler: () => {{ throw new Error('boom') }} }});
server.start()"""
    return Server({"app.cjs": script}, ["node", "app.cjs"])


def nest(cors):
    """Without decorators, which need a compiler."""
    script = f"""require('reflect-metadata');
const {{ NestFactory }} = require('@nestjs/core'), {{ Module, Controller, Post }} = require('@nestjs/common');
class Data {{ data() {{ return {{ok: 1}} }} boom() {{ throw new Error('boom') }} }}
for (const [name, path] of [['data', '/data'], ['boom', '/boom']]) Post(path)(Data.prototype, name, Object.getOwnPropertyDescriptor(Data.prototype, name));
Controller()(Data);
class Root {{}}
Module({{ controllers: [Data] }})(Root);
(async () => {{ const app = await NestFactory.create(Root, {{ logger: false }});
{cors}
await app.listen(@PORT@, '127.0.0.1') }})()"""
    return Server({"app.cjs": script}, ["node", "app.cjs"])


def cases():
    refuse = f"cors({{ origin: ['{OTHER}'] }})"
    yield "express", "no CORS", "/data", lambda fix: express(fix or "")
    yield "express", "origin not on the list", "/data", lambda fix: express(fix or f"app.use({refuse})")
    yield "fastify", "no CORS", "/data", lambda fix: fastify(fix or "")
    yield "fastify", "origin not on the list", "/data", lambda fix: fastify(fix or f"await fastify.register(require('@fastify/cors'), {{ origin: ['{OTHER}'] }})")
    yield "koa", "no CORS", "/data", lambda fix: koa(fix or "")
    yield "koa", "another origin", "/data", lambda fix: koa(fix or f"app.use(cors({{ origin: '{OTHER}' }}))")
    yield "koa", "origin not on the list", "/data", lambda fix: koa(fix or f"app.use(cors({{ origin: c => c.get('Origin') === '{OTHER}' ? '{OTHER}' : '' }}))")
    yield "hapi", "no CORS", "/data", lambda fix: hapi(fix or "")
    yield "hapi", "origin not on the list", "/data", lambda fix: hapi(fix or f"routes: {{ cors: {{ origin: ['{OTHER}'] }} }}")
    yield "nest", "no CORS", "/data", lambda fix: nest(fix or "")
    yield "nest", "origin not on the list", "/data", lambda fix: nest(fix or f"app.enableCors({{ origin: ['{OTHER}'] }});")
    yield "express", "no CORS, with a cookie", "/data", lambda fix: express(fix or ""), True
