/**
 * The script that live reload puts into every page. Plain JavaScript, sent as it
 * stands here: it runs in the visitor's browser, in any kind of document. Over 350
 * lines, as a page asks for it in one request; half of them are types.
 *
 * Listens to what changes on the server. A stylesheet is exchanged and a picture
 * drawn anew in place; for anything else the page reloads. Browsers open no more
 * than six connections to a server, so one page listens for all of them where
 * they can agree on one (Web Locks, which exist on localhost and over HTTPS);
 * elsewhere each listens for itself, as long as it is seen.
 *
 * @typedef {object} News
 * @property {number} id Rises from news to news.
 * @property {string[]} changed Paths from the root, decoded.
 * @property {string[]} gone
 * @property {boolean} all Anything may have changed.
 * @property {string} [stream] In the first of a stream that is up to date: its name.
 */
;(() => {
  const STREAM = `${origin}__STREAM__`
  const NAME = 'servebar.live'
  const PAGE = `${NAME}.page`
  /** Where the server answers navigations to nothing with the root's page. */
  const HAS_FALLBACK = '__FALLBACK__' === String(true)

  const script = document.currentScript
  /** A page of the server's own shows what is there, and follows every change. */
  const FOLLOWS = script?.hasAttribute('data-follow') ?? false
  /** Of what a person sees as one page; its frames are part of it. */
  const IS_TOP = window === window.top
  const mark = Symbol.for(NAME)
  // A script that puts another page into this one brings ours along; in a sandbox without an origin nothing works.
  if (mark in document || origin === 'null') return
  Object.defineProperty(document, mark, { value: true })
  // The page is as its author wrote it.
  script?.remove()

  /** Up to here this page knows. */
  let latest = beginning()

  /**
   * The moment this script was fetched, which is just after the page; unless the page, and maybe all that belongs to
   * it, came from a cache without a question, as on the way back. Then, when it was sent.
   */
  function beginning() {
    const [navigation] = performance.getEntriesByType('navigation')
    if (navigation instanceof PerformanceNavigationTiming && navigation.transferSize === 0) {
      const sent = navigation.serverTiming?.find(({ name }) => name === '__TIMING__')
      if (sent) return Number(sent.description)
    }
    return Number('__SINCE__')
  }

  // ---- Who listens ----

  let shared = 'locks' in navigator && typeof BroadcastChannel === 'function'
  let leads = false
  /** @type {EventSource | null} */
  let source = null
  let streamName = ''
  /** The stream tells of all that came after this. */
  let from = latest
  /** @type {News[]} */
  let recent = []
  /** @type {BroadcastChannel | null} */
  let channel = null
  /** Gives back the lock, or the place in its queue. */
  let leave = () => {}
  let goUncounted = () => {}

  /** @param {number} since */
  function listen(since) {
    source?.close()
    from = since
    recent = []
    source = new EventSource(`${STREAM}?since=${since}${IS_TOP ? '' : '&pages=0'}`)
    source.onmessage = ({ data }) => {
      /** @type {News} */
      const news = JSON.parse(data)
      channel?.postMessage({ news, from })
      if (news.stream === undefined) recent = [...recent.slice(-49), news]
      else {
        streamName = news.stream
        countSoon()
      }
      take(news)
    }
  }

  /** @param {News} news */
  function take(news) {
    // A server whose clock was set back counts from its own time.
    if (news.stream === undefined && news.id <= latest) return
    latest = news.id
    apply(news)
  }

  /**
   * Asks to be the page that listens: in the queue, or at once in the place of the one that does.
   *
   * @param {boolean} now
   */
  function lead(now) {
    leave()
    const queue = new AbortController()
    let left = false
    let release = () => {}
    leave = () => {
      left = true
      queue.abort()
      release()
      if (leads) source?.close()
      leads = false
    }
    const hold = () =>
      new Promise(resolve => {
        release = () => resolve(null)
        if (left) return release()
        leads = true
        listen(latest)
        channel?.postMessage({ leads: true })
      })
    navigator.locks
      .request(NAME, now ? { steal: true } : { signal: queue.signal }, hold)
      .catch(error => {
        // Nor have those whose browser keeps no data of them.
        if (error.name === 'SecurityError') shared = false
      })
      .then(() => {
        if (left) return
        // Another page came to the front.
        leads = false
        source?.close()
        if (shared) lead(false)
        else listenWhileSeen()
      })
  }

  function listenWhileSeen() {
    if (document.visibilityState === 'visible') listen(latest)
    else source?.close()
  }

  /** Browsers put pages to sleep that nobody sees, so the one in front listens. Frames leave that to their page. */
  const isInFront = () => document.visibilityState === 'visible' && IS_TOP

  /** @param {MessageEvent} message */
  function hear({ data }) {
    // What came between is missing yet; it follows upon our hello.
    if (data.news && data.from <= latest) take(data.news)
    if (data.leads) channel?.postMessage({ hello: latest })
    if (!leads) return
    if (data.hello < from) listen(data.hello)
    else if (data.hello !== undefined) {
      for (const news of recent) if (news.id > data.hello) channel?.postMessage({ news, from: data.hello })
      countSoon()
    }
    if (data.bye) countSoon()
  }

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let counting

  /** In a moment: pages come and go together, and one that goes gives back its place a little later. */
  function countSoon() {
    clearTimeout(counting)
    counting = setTimeout(count, 200)
  }

  /** Tells the server for how many pages it listens: each holds a lock. */
  async function count() {
    if (!shared || !leads) return
    const { held = [] } = await navigator.locks.query()
    const pages = held.filter(lock => lock.name === PAGE).length
    await fetch(`${STREAM}?stream=${streamName}&pages=${pages}`).catch(() => {})
  }

  /** Ends with the page, however that ends. */
  function beCounted() {
    const held = new Promise(resolve => {
      goUncounted = () => resolve(null)
    })
    navigator.locks.request(PAGE, { mode: 'shared' }, () => held).catch(() => {})
  }

  function start() {
    if (!shared) return listenWhileSeen()
    if (IS_TOP) beCounted()
    channel = new BroadcastChannel(NAME)
    channel.onmessage = hear
    lead(isInFront())
    channel.postMessage({ hello: latest })
  }

  function stop() {
    leave()
    goUncounted()
    source?.close()
    channel?.postMessage({ bye: true })
    channel?.close()
    channel = null
  }

  addEventListener('pagehide', stop)
  addEventListener('pageshow', event => {
    if (event.persisted) start()
  })
  document.addEventListener('visibilitychange', () => {
    const deaf = source === null || source.readyState === EventSource.CLOSED
    if (!shared) listenWhileSeen()
    else if (isInFront() && (!leads || deaf)) lead(true)
  })

  // ---- What becomes of the page ----

  const STYLE = /\.css$/i
  const IMAGE = /\.(?:png|apng|jpe?g|gif|webp|avif|svg|ico|cur|bmp|jxl)$/i

  /** @param {News} news */
  async function apply({ id, changed: named, gone, all }) {
    if (FOLLOWS) {
      // The first news of a stream only says that it has begun.
      if (all || named.length > 0 || gone.length > 0) follow()
      return
    }
    // macOS takes accents apart.
    const changed = named.map(path => path.normalize())
    const others = changed.filter(path => !STYLE.test(path) && !IMAGE.test(path))
    if (all || others.length > 0 || gone.some(uses)) reload()
    else {
      // A stylesheet names what it imports and shows by its plain URL, of which a cache may be full.
      await Promise.all(
        changed.filter(uses).map(path => fetch(urlOf(path), { cache: 'reload' }).catch(() => {})),
      )
      const done = changed.filter(path => (STYLE.test(path) ? restyle(path, id) : repaint(path, id)))
      if (changed.some(path => !done.includes(path) && uses(path))) reload()
    }
  }

  /** Whatever it finds; or the page has a way of its own, by which nothing that is under way is lost. */
  function follow() {
    if (document.dispatchEvent(new Event(NAME, { cancelable: true }))) location.reload()
  }

  let wanted = 0

  /** To a page that is there: a build may have deleted it, and will write it again. */
  async function reload() {
    wanted++
    if (wanted > 1) return
    for (let seen = 0; seen < wanted; ) {
      seen = wanted
      if (await isThere()) location.reload()
    }
    wanted = 0
  }

  async function isThere() {
    const [navigation] = performance.getEntriesByType('navigation')
    if (navigation && 'responseStatus' in navigation && Number(navigation.responseStatus) >= 400) return true
    // A request of a script is no navigation, and gets no fallback.
    for (const url of HAS_FALLBACK ? [location.href, `${origin}/`] : [location.href]) {
      const answer = await fetch(url, { method: 'HEAD', cache: 'no-store' }).catch(() => null)
      if (answer?.ok) return true
    }
    return false
  }

  /**
   * The path from the root that a URL of this site names; null for others.
   *
   * @param {string | null | undefined} url
   */
  function pathOf(url) {
    try {
      const { origin, pathname } = new URL(url ?? '', document.baseURI)
      return url && origin === location.origin ? decodeURIComponent(pathname.slice(1)).normalize() : null
    } catch {
      return null
    }
  }

  /** @param {string} path */
  const urlOf = path => `${origin}/${path.split('/').map(encodeURIComponent).join('/')}`

  /** Paths of what the page has loaded. */
  const loaded = new Set([pathOf(location.href)])
  new PerformanceObserver(list => {
    for (const { name } of list.getEntries()) loaded.add(pathOf(name))
  }).observe({ type: 'resource', buffered: true })

  /**
   * Whether the page has loaded the file, or one in the folder, of this path.
   *
   * @param {string} path
   */
  const uses = path => loaded.has(path) || [...loaded].some(found => found?.startsWith(`${path}/`))

  /**
   * The same URL, in a way that no cache knows.
   *
   * @param {string} url
   * @param {number} id
   */
  function renewed(url, id) {
    const fresh = new URL(url, document.baseURI)
    fresh.searchParams.set('servebar', String(id))
    return fresh.href
  }

  // ---- Stylesheets ----

  /** @type {WeakMap<Element, HTMLLinkElement>} */
  const successors = new WeakMap()

  /**
   * False where no link of the page leads to it.
   *
   * @param {string} path
   * @param {number} id
   */
  function restyle(path, id) {
    const owners = new Set(
      [...document.styleSheets].filter(sheet => holds(sheet, path)).map(sheet => sheet.ownerNode),
    )
    const links = [...owners].filter(node => node instanceof HTMLLinkElement)
    for (const link of links) exchange(link, id)
    return links.length > 0 && links.length === owners.size
  }

  /**
   * Whether a stylesheet is the file of this path, or imports it.
   *
   * @param {CSSStyleSheet | null} sheet
   * @param {string} path
   * @returns {boolean}
   */
  function holds(sheet, path) {
    if (sheet === null) return false
    if (pathOf(sheet.href) === path) return true
    return rulesOf(sheet).some(rule => rule instanceof CSSImportRule && holds(rule.styleSheet, path))
  }

  /**
   * None for a stylesheet of another site.
   *
   * @param {CSSStyleSheet | CSSGroupingRule} holder
   * @returns {CSSRule[]}
   */
  function rulesOf(holder) {
    try {
      return [...holder.cssRules]
    } catch {
      return []
    }
  }

  /**
   * The old one goes when the new one has come, so that the page is never without.
   *
   * @param {HTMLLinkElement} link
   * @param {number} id
   */
  function exchange(link, id) {
    const fresh = /** @type {HTMLLinkElement} */ (link.cloneNode())
    fresh.href = renewed(link.href, id)
    fresh.onload = () => link.remove()
    fresh.onerror = () => reload()
    successors.get(link)?.remove()
    successors.set(link, fresh)
    link.after(fresh)
  }

  // ---- Pictures ----

  const ATTRIBUTES = ['src', 'srcset', 'href', 'xlink:href', 'poster', 'imagesrcset']
  const ELEMENTS = 'img, source, input[type=image], image, feImage, use, video, link[rel~=icon]'
  const URL_VALUE = /url\(\s*(?:"([^"]*)"|'([^']*)'|([^"')\s]*))\s*\)/g

  /**
   * False where nothing shows it that can be told to show it anew.
   *
   * @param {string} path
   * @param {number} id
   */
  function repaint(path, id) {
    let found = false
    for (const element of document.querySelectorAll(ELEMENTS)) {
      for (const name of ATTRIBUTES) {
        const value = element.getAttribute(name)
        // A list of candidates, or just one.
        const fresh = value?.replace(/[^\s,]\S*[^\s,]/g, url =>
          pathOf(url) === path ? renewed(url, id) : url,
        )
        if (!fresh || fresh === value) continue
        found = true
        element.setAttribute(name, fresh)
      }
    }
    for (const [style, base] of declarations()) {
      for (const name of style) {
        const value = style.getPropertyValue(name)
        if (!value.includes('url(')) continue
        const fresh = value.replace(URL_VALUE, (whole, ...urls) => {
          const url = new URL(urls.slice(0, 3).find(Boolean) ?? '', base).href
          return pathOf(url) === path ? `url("${renewed(url, id)}")` : whole
        })
        if (fresh === value) continue
        found = true
        style.setProperty(name, fresh, style.getPropertyPriority(name))
      }
    }
    return found
  }

  /**
   * Everything that styles the page, with the address that its URLs are relative to.
   *
   * @returns {Generator<[CSSStyleDeclaration, string]>}
   */
  function* declarations() {
    for (const sheet of document.styleSheets) yield* declarationsIn(sheet, sheet.href ?? document.baseURI)
    for (const element of document.querySelectorAll('[style]')) {
      if ('style' in element) yield [/** @type {HTMLElement} */ (element).style, document.baseURI]
    }
  }

  /**
   * @param {CSSStyleSheet | CSSGroupingRule} holder
   * @param {string} base
   * @returns {Generator<[CSSStyleDeclaration, string]>}
   */
  function* declarationsIn(holder, base) {
    for (const rule of rulesOf(holder)) {
      if ('style' in rule) yield [/** @type {CSSStyleRule} */ (rule).style, base]
      if (rule instanceof CSSImportRule && rule.styleSheet) {
        yield* declarationsIn(rule.styleSheet, rule.styleSheet.href ?? base)
      } else if ('cssRules' in rule) yield* declarationsIn(/** @type {CSSGroupingRule} */ (rule), base)
    }
  }

  start()
})()
