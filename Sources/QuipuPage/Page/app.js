// Signs in, and says who is signed in.
const state = document.getElementById("state");
const say = (text) => { state.textContent = text; };
const kept = "quipu-secret";

const fragment = new URLSearchParams(location.hash.slice(1));
const code = fragment.get("code");
if (code) {
    // Browsers keep fragments in their history.
    fragment.delete("code");
    const rest = fragment.toString();
    history.replaceState(null, "", location.pathname + (rest ? "#" + rest : ""));
}

async function ask(method, path, body) {
    const headers = {};
    const secret = sessionStorage.getItem(kept);
    if (secret) headers.Authorization = "Bearer " + secret;
    if (body) headers["Content-Type"] = "application/json";
    const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
    return { status: answer.status, value: answer.status === 204 ? null : await answer.json() };
}

async function begin() {
    if (code) {
        const opened = await ask("POST", "/v1/session", { code });
        if (opened.status !== 201) {
            sessionStorage.removeItem(kept);
            return say(opened.value.title + ": " + opened.value.detail);
        }
        sessionStorage.setItem(kept, opened.value.secret);
    }
    const session = await ask("GET", "/v1/session");
    if (session.status !== 200) return say(session.value.title + ": " + session.value.detail);
    say("Signed in as " + session.value.author);
}

begin().catch(() => say("The server does not answer"));
