// The button that keeps what is on the page as a scene: it also says where the reader has moved the map to.

export default function ({ data, parentElement, setTriggerValue }) {
  let button = parentElement.querySelector("button")
  if (!button) {
    button = document.createElement("button")
    button.type = "button"
    button.className = "ll-keep"
    parentElement.append(button)
  }
  button.textContent = data.label
  button.title = data.title
  button.onclick = () => {
    const map = document.querySelector(".st-key-map_place iframe")?.contentWindow?.linli
    setTriggerValue("asked", { place: map?.held?.() ?? null, at: Date.now() })
  }
}
