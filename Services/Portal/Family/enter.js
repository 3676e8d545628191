// Takes the link's secret out of the address, where it stands behind "#" and so reaches no server (RFC 9110, 7.1; RFC 3986, 3.5). Without this script the
// link is pasted into the field.
//
// <div id="pasted"><input id="link"></div>

function take() {
  const secret = location.hash.slice(1)
  if (!secret) return
  document.getElementById("link").value = secret
  document.getElementById("pasted").hidden = true
  history.replaceState(null, "", location.pathname)
}

take()
// Another link in the same tab.
addEventListener("hashchange", take)
