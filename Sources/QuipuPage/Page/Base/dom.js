// Elements are made of text nodes only: nothing that a record holds is ever parsed as markup.

/** h("button", {class: "plain", onclick: f, "aria-label": "Close"}, "Close"): null and false children are left out. */
export function h(name, properties = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
        if (value === null || value === undefined || value === false) continue;
        if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
        else if (key === "class") element.className = value;
        else if (key === "value") element.value = value;
        else if (key === "checked" || key === "disabled" || key === "hidden" || key === "indeterminate") element[key] = value;
        else if (key === "href") setAddress(element, value);
        else element.setAttribute(key, value === true ? "" : String(value));
    }
    append(element, children);
    return element;
}

export function append(element, children) {
    for (const child of children.flat(Infinity)) {
        if (child === null || child === undefined || child === false) continue;
        element.append(child instanceof Node ? child : document.createTextNode(String(child)));
    }
}

export function replace(element, ...children) {
    element.replaceChildren();
    append(element, children);
    return element;
}

/** The address if a click on it can do no harm, else null. */
export function safeAddress(text) {
    try {
        const address = new URL(text);
        return ["http:", "https:", "mailto:"].includes(address.protocol) ? address.href : null;
    } catch { return null; }
}

function setAddress(element, value) {
    if (value.startsWith("#")) return element.setAttribute("href", value);
    const address = safeAddress(value);
    if (!address) return;
    element.setAttribute("href", address);
    element.setAttribute("rel", "noopener noreferrer nofollow");
    element.setAttribute("target", "_blank");
}

/** Text that may run from right to left, apart from what surrounds it. */
export function told(text, properties = {}) { return h("bdi", { dir: "auto", ...properties }, text); }

export function button(label, action, properties = {}) {
    return h("button", { type: "button", ...properties, onclick: action }, label);
}

/** Calls the function once nothing has called for some time; `now()` does not wait. */
export function debounced(milliseconds, action) {
    let timer = 0;
    const later = (...given) => {
        clearTimeout(timer);
        timer = setTimeout(() => action(...given), milliseconds);
    };
    later.now = (...given) => { clearTimeout(timer); action(...given); };
    return later;
}

/**
 * Says in the page that something has been drawn, for the tools of a browser and for tests: `data-drawn` names it, and after the next
 * frame there is a measure `quipu:PLACE` that began at `since`.
 */
export function tellDrawn(element, place, what, since) {
    element.dataset.drawn = what;
    requestAnimationFrame(() => setTimeout(() => {
        const name = "quipu:" + place;
        performance.clearMeasures(name);
        performance.measure(name, { start: since, end: performance.now(), detail: what });
    }));
}

/** Long lists are made in parts: the page stays quick however many elements there are. */
export function inParts(elements, make, size = 50) {
    const place = h("div", { class: "parts" });
    let made = 0;
    const more = button("Show more", () => extend(), { class: "plain" });
    function extend() {
        const part = elements.slice(made, made + size).map(make);
        made += part.length;
        more.remove();
        append(place, [part, made < elements.length ? more : null]);
        if (made > size) part[0]?.querySelector?.("a, button, [tabindex]")?.focus({ preventScroll: true });
    }
    extend();
    return place;
}

export function isTyping(target) {
    return target instanceof HTMLElement
        && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
}
