"""What the stories begin with: an archive, a colleague's mirror of it, and a conflict between them."""

import json

from archive import Archive

BODY = """The river rose on Tuesday, and by noon the lower market stood under water.

Sixty stalls are lost, the union says. Café Négril 🌊 is closed.

The mayor waits for the water to fall."""

ARTICLES = [
    {"title": "High water", "body": BODY, "author": ["Ruiz, Ana"], "date": "2026-03-04", "url": "https://example.org/high-water",
     "publisher": "The Paper", "language": "en", "tags": ["river"]},
    {"title": "مياه عالية", "body": "ارتفع النهر يوم الثلاثاء.\n\nفقد ستون كشكا.", "author": "كاتب", "date": "2026", "language": "ar", "tags": ["نهر"]},
    {"title": "<script>alert(1)</script> & “quotes” ‮gnp.exe", "body": "<img src=x onerror=alert(1)> javascript:alert(1)\n\n" + "long" * 200,
     "url": "https://example.org/?a=1&b=%3Cscript%3E", "author": "<b>Nobody</b>", "date": "2025-01-01", "tags": ["<i>tag</i>"]},
    *({"title": f"Article {number} of many", "body": f"Nothing much happened on day {number}.", "date": f"2024-02-{number % 28 + 1:02}",
       "author": "Somebody", "tags": ["filler"]} for number in range(60)),
]


def write_articles(path, articles):
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in articles)


def begin(quipu, folder):
    """@returns (archive, colleague's mirror): the texts of “High water” are in conflict."""
    press = Archive(quipu, folder)
    press.run("init")
    write_articles(f"{folder}/articles.jsonl", ARTICLES)
    press.run("import", f"{folder}/articles.jsonl", "--collection", "Floods")
    other = Archive(quipu, folder, "colleague", "Jo Quispe")
    other.run("clone", press.path, ".")
    press.run("remote", "add", "colleague", other.path)
    number = press.record(title="High water")["id"]
    press.run("set", number, "body=" + BODY.replace("Sixty", "Seventy"))
    other.run("set", number, "body=" + BODY.replace("Sixty", "Forty").replace("waits for", "no longer waits for"))
    press.run("sync", "colleague")
    return press, other
