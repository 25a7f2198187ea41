"""Checks the links of the built site: files and anchors exist, and no page loads anything from elsewhere."""

import os
import sys
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urlsplit

REPOSITORY = "https://github.com/crcheck/crcheck/"
LOADED = {"img", "script", "iframe", "source", "video", "audio", "embed", "object", "input", "use"}


class Page(HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.loaded = set(), [], []
        with open(path, encoding="utf-8") as f:
            self.feed(f.read())

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        for key in ("id", "name"):
            if attrs.get(key):
                self.ids.add(attrs[key])
        rel = (attrs.get("rel") or "").split()
        for key in ("href", "src", "srcset", "data"):
            url = attrs.get(key)
            if url is None:
                continue
            if tag in LOADED or tag == "link" and not {"canonical", "next", "prev"} & set(rel):
                self.loaded.append(url)
            self.links.append(url)


def problems(site):
    pages = {}
    for folder, _, names in os.walk(site):
        for name in names:
            if name.endswith(".html"):
                path = os.path.join(folder, name)
                pages[path] = Page(path)
    if len(pages) < 10:
        yield f"{site}: only {len(pages)} pages"
    for path, page in sorted(pages.items()):
        at = os.path.relpath(path, site)
        for url in page.loaded:
            if urlsplit(url).scheme not in ("", "data") or urlsplit(url).netloc:
                yield f"{at}: loads {url}"
        for url in sorted(set(page.links)):
            if url.startswith(REPOSITORY):
                kind, _, rest = url.removeprefix(REPOSITORY).partition("/main/")
                if kind in ("blob", "tree") and not os.path.exists(unquote(urldefrag(rest)[0])):
                    yield f"{at}: {url} is not in the repository"
                continue
            if urlsplit(url).scheme or urlsplit(url).netloc:
                continue
            target, fragment = urldefrag(url)
            if target.startswith("/"):
                if at != "404.html":
                    yield f"{at}: {url} is absolute"
                continue
            to = os.path.normpath(os.path.join(os.path.dirname(path), unquote(target))) if target else path
            if os.path.isdir(to):
                to = os.path.join(to, "index.html")
            if not os.path.exists(to):
                yield f"{at}: {url} does not exist"
            elif fragment and to in pages and unquote(fragment) not in pages[to].ids:
                yield f"{at}: {url} has no such anchor"
    for folder, _, names in os.walk(site):
        for name in names:
            if name.endswith(".css"):
                path = os.path.join(folder, name)
                with open(path, encoding="utf-8") as f:
                    if "url(http" in f.read().replace('"', "").replace("'", ""):
                        yield f"{os.path.relpath(path, site)}: loads an outside asset"
    print(f"checked {sum(len(set(p.links)) for p in pages.values())} links of {len(pages)} pages", file=sys.stderr)


found = list(problems(sys.argv[1]))
for problem in found:
    print(problem)
sys.exit(bool(found))
