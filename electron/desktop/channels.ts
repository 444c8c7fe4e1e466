/**
 * Names that the preload script and the main process share. `invoke` carries
 * commands up and their Results back; `messages` carries subscriptions up and
 * Messages down, each with the number of the subscription it belongs to.
 */
export const channels = {
  invoke: 'servebar:invoke',
  messages: 'servebar:messages',
} as const
