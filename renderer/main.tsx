/** Composition root of the panel: the bridge of this host, the store on it, and the component tree. */
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import { connect } from './bridge.ts'
import { ErrorBoundary } from './ErrorBoundary.tsx'
import { Sprite } from './Icon.tsx'
import { createStore } from './store.ts'
import './tokens.css'
import './panel.css'
import './app.css'
import './log/log.css'
import './options/options.css'
import './share/share.css'

const connection = connect()
const store = createStore(connection.bridge)
const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')

createRoot(root).render(
  <StrictMode>
    <Sprite />
    <ErrorBoundary>
      <App store={store} connection={connection} />
    </ErrorBoundary>
  </StrictMode>,
)
