/// What the pages of a site load beside themselves.
enum SiteAssets {
    static let style = """
        :root { color-scheme: light dark; background: Canvas; color: CanvasText; font: 100%/1.6 system-ui, sans-serif; }
        body { margin: 0 auto; max-width: 76rem; padding: 0 1.2rem 4rem; overflow-wrap: anywhere; }
        header { display: flex; gap: 1.5rem; align-items: center; padding: .8rem 0; border-bottom: 1px solid #8886; margin-bottom: 1.5rem; }
        header a { font-weight: 700; color: inherit; text-decoration: none; }
        input { font: inherit; padding: .3rem .6rem; width: min(24rem, 60vw); }
        h1, h2, h3 { line-height: 1.25; }
        main { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0 3rem; }
        main > * { grid-column: 1; min-width: 0; }
        article { max-width: 38rem; } .text { font: 1.12rem/1.65 Georgia, serif; }
        aside { font-size: .94rem; } aside ol { padding-left: 1.4rem; } aside li { margin-bottom: 1rem; }
        blockquote { margin: 0 0 .6rem; padding-left: 1rem; border-left: 3px solid #8886; }
        mark { background: #ffe28a; color: #000; } sup a { text-decoration: none; }
        .by { opacity: .75; font-size: .92rem; margin: .1rem 0 .6rem; } .lost { font-style: italic; }
        .tag { display: inline-block; border: 1px solid #8886; border-radius: 1rem; padding: 0 .6rem; font-size: .85rem; color: inherit; text-decoration: none; }
        .list { list-style: none; padding: 0; } .list a { font-weight: 600; } li:target { outline: 2px solid #c60; }
        @media (min-width: 64rem) { main { grid-template-columns: minmax(0, 1fr) 20rem; } aside { grid-column: 2; grid-row: 2; } #found { grid-column: 1 / -1; } article { grid-row: 2; } }
        @media print { header, #found { display: none; } }

        """

    /// Folds words as the index does, as far as browsers can: compatibility forms, marks off, small letters, pairs in scripts
    /// without spaces.
    static let script = #"""
        "use strict";
        const up = document.currentScript.dataset.up;
        const words = new Map(), titles = new Map(), waiting = new Map();
        const special = { "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th" };
        const paired = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
        function quipuWords(number, found) { words.set(number, new Map(Object.entries(found))); waiting.get("words-" + number)?.(); }
        function quipuTitles(number, found) { titles.set(number, found); waiting.get("titles-" + number)?.(); }
        function load(name) {
            return new Promise((done) => {
                waiting.set(name, done);
                const script = document.createElement("script");
                script.src = up + "search/" + name + ".js";
                script.onerror = done;
                document.head.append(script);
            });
        }
        function fold(text) {
            const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[ßæœøđðłıþ]/g, (letter) => special[letter]);
            return (plain.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.replace(/^(?:و|ف|ب|ك)?ال(?=..)/u, (start) => start.slice(0, -2))).flatMap((word) => {
                const letters = [...word];
                if (!letters.some((letter) => paired.test(letter)) || letters.length < 2) return [word];
                return letters.slice(1).map((letter, index) => letters[index] + letter);
            });
        }
        function shard(word) {
            let sum = 7;
            for (const letter of [...word].slice(0, 2)) sum = (sum * 31 + letter.codePointAt(0)) % 65521;
            return sum % 256;
        }
        async function articlesWith(word, isPrefix) {
            const number = shard(word);
            if (!words.has(number)) await load("words-" + number);
            const found = words.get(number) ?? new Map();
            const all = new Set(found.get(word) ?? []);
            if (isPrefix && [...word].length > 1) for (const [other, ids] of found) if (other.startsWith(word)) for (const id of ids) all.add(id);
            return all;
        }
        async function title(id) {
            const file = Math.floor(id / 1000);
            if (!titles.has(file)) await load("titles-" + file);
            return titles.get(file)?.[id % 1000];
        }
        let last = "";
        async function search(text) {
            last = text;
            const place = document.getElementById("found");
            const asked = fold(text);
            if (!asked.length) return place.replaceChildren();
            const sets = [];
            for (const [index, word] of asked.entries()) sets.push(await articlesWith(word, index === asked.length - 1));
            if (last !== text) return;
            const ids = [...sets[0]].filter((id) => sets.every((set) => set.has(id)));
            const list = document.createElement("ol");
            list.className = "list";
            for (const id of ids.slice(0, 50)) {
                const [name, path, by] = await title(id) ?? [];
                if (last !== text) return;
                const link = document.createElement("a"), line = document.createElement("p"), item = document.createElement("li");
                link.href = up + path; link.textContent = name; link.dir = "auto"; line.className = "by"; line.textContent = by;
                item.append(link, line); list.append(item);
            }
            const count = document.createElement("p");
            count.textContent = ids.length === 1 ? "1 article" : ids.length + " articles" + (ids.length > 50 ? ", the first 50:" : "");
            place.replaceChildren(count, list);
        }
        const field = document.getElementById("search");
        field.form.addEventListener("submit", (event) => { event.preventDefault(); search(field.value); });
        field.addEventListener("input", () => search(field.value));

        """#
}
