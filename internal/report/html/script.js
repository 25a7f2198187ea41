(() => {
  'use strict';
  document.documentElement.classList.add('js');

  const box = document.getElementById('filter');
  if (box) {
    const cards = [...document.querySelectorAll('.card')];
    const matches = document.getElementById('matches');
    const text = card => [...card.children].filter(c => !c.matches('.row, .copy')).map(c => c.textContent).join(' ').toLowerCase();
    let texts, timer;
    const filter = () => {
      texts ??= cards.map(text);
      const words = box.value.toLowerCase().split(/\s+/).filter(w => w);
      let shown = 0;
      cards.forEach((card, i) => {
        const match = words.every(w => texts[i].includes(w));
        card.hidden = !match;
        shown += match ? 1 : 0;
      });
      matches.textContent = words.length ? `${shown} of ${cards.length}` : '';
    };
    box.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(filter, 100); });
    if (box.value) filter(); // kept by the browser on reload
    addEventListener('hashchange', () => {
      if (document.querySelector('.card:target[hidden]')) { box.value = ''; filter(); document.querySelector(':target').scrollIntoView(); }
    });
  }

  document.addEventListener('click', async e => {
    const button = e.target.closest('.copy');
    if (!button) return;
    const row = button.previousElementSibling;
    try {
      await navigator.clipboard.writeText(row.querySelector('pre').textContent);
      button.textContent = 'Copied: add a reason';
    } catch { // not allowed here: select the row to copy by hand
      row.open = true;
      getSelection().selectAllChildren(row.querySelector('pre'));
      button.textContent = 'Press Ctrl+C or ⌘C';
    }
  });

  let opened = [];
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll('details:not([open])')];
    opened.forEach(d => { d.open = true; });
  });
  addEventListener('afterprint', () => opened.forEach(d => { d.open = false; }));
})();
