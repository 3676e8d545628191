// Puts a file that was chosen into the field from which it is sent, as text: UTF-8, or Shift_JIS where it is not (as spreadsheets save it). Without this
// script the text is pasted.
//
// <div id="choose" hidden><input id="file" type="file"></div>   shown by this script
// <textarea id="text">

const choose = document.getElementById("choose")
const field = document.getElementById("text")

function text(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder("shift_jis").decode(bytes)
  }
}

if (choose && field) {
  choose.hidden = false
  document.getElementById("file").addEventListener("change", async (event) => {
    const file = event.target.files[0]
    if (file) field.value = text(await file.arrayBuffer())
  })
}
