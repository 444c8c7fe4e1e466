/** build/page-script.mjs: modules, bundled into the text of one script. */
declare module '*?script' {
  const text: string
  export default text
}
