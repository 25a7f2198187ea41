"""Makes the pages, which are written for GitHub, work on the site."""

import logging
import os
import posixpath
import re
from urllib.parse import urlsplit

from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor

log = logging.getLogger("mkdocs.hooks.crcheck")

# A fence with more than a language, such as "sh needs a network", which is for the tests.
MARKED = re.compile(r"^( *(?:`{3,}|~{3,})[\w-]+) [^\n]*$", re.MULTILINE)


class SourceLinks(Treeprocessor):
    """Points links to files outside of docs/, which the site does not have, to the repository."""

    def __init__(self, config):
        super().__init__()
        self.repository = config.extra["repository"]
        self.root = os.path.dirname(config.config_file_path)
        self.page = ""  # its path in docs/

    def run(self, root):
        for link in root.iter("a"):
            url = urlsplit(link.get("href", ""))
            if url.scheme or url.netloc or not url.path:
                continue
            path = posixpath.normpath(posixpath.join("docs", posixpath.dirname(self.page), url.path))
            if path.startswith("docs/"):
                continue
            at = os.path.join(self.root, path)
            if path.startswith("..") or not os.path.exists(at):
                log.warning("%s links to %s, which the repository does not have", self.page, url.path)
                continue
            kind = "tree" if os.path.isdir(at) else "blob"
            fragment = "#" + url.fragment if url.fragment else ""
            link.set("href", f"{self.repository}/{kind}/main/{path}{fragment}")


class Links(Extension):
    def __init__(self, links):
        super().__init__()
        self.links = links

    def extendMarkdown(self, md):
        # Before mkdocs's own processor, which has priority 0 and warns of these links.
        md.treeprocessors.register(self.links, "source-links", 1)


links = None


def on_config(config):
    global links
    links = SourceLinks(config)
    config.markdown_extensions.append(Links(links))
    return config


def on_page_markdown(markdown, page, **_):
    links.page = page.file.src_uri
    return MARKED.sub(r"\1", markdown)
