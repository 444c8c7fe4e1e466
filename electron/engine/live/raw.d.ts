/** Vite: the text of a file, built into the bundle. */
declare module '*?raw' {
  const text: string
  export default text
}
