/* The ground, the words and the colours are handed to the map through the window: they come once, the map's answers often. */

export default function ({ data }) {
  if (JSON.stringify(window.linliWorkbenchGround) === JSON.stringify(data)) return
  window.linliWorkbenchGround = data
  window.dispatchEvent(new CustomEvent("linli:ground"))
}
