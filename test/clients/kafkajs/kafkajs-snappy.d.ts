declare module 'kafkajs-snappy' {
  const plugin: () => unknown
  export default plugin
}
