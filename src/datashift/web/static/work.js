// Comfort on the road: dropping a file, how far an upload is, how far a job is. Every page does its work without it.
(() => {
  "use strict";
  const one = (what, within = document) => within.querySelector(what);
  const focusAlert = () => one("#alert")?.focus();

  function drop(form) {
    const zone = one("[data-drop]", form), input = one("input[type=file]", form);
    const hint = one("[data-only-script]", form);
    if (hint) hint.hidden = false;
    for (const name of ["dragover", "dragleave", "drop"])
      zone.addEventListener(name, (event) => {
        event.preventDefault();
        zone.classList.toggle("over", name === "dragover");
        if (name === "drop" && event.dataTransfer.files.length) input.files = event.dataTransfer.files;
      });
  }

  function upload(form) {
    const line = one("[data-sending]", form), bar = one("progress", line), button = one("button.first", form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const request = new XMLHttpRequest();
      request.open("POST", form.action || location.href);
      request.upload.onprogress = (sent) => { if (sent.lengthComputable) bar.value = sent.loaded / sent.total; };
      request.onerror = () => { line.hidden = true; button.disabled = false; one("[data-cut]", form).hidden = false; };
      request.onload = () => {
        if (request.status < 400) return location.assign(request.responseURL);
        const page = new DOMParser().parseFromString(request.responseText, "text/html");
        if (!one("main", page)) return form.submit();
        document.title = page.title;
        one("main").replaceWith(document.adoptNode(one("main", page)));
        start();
      };
      request.send(new FormData(form));
      one("[data-cut]", form).hidden = true;
      line.hidden = false;
      button.disabled = true;
    });
  }

  function wait(box) {
    // This script asks, so the page need not load itself anew, as its Refresh header says.
    const stay = () => setTimeout(() => window.stop());
    if (document.readyState === "complete") stay(); else addEventListener("load", stay);
    const stage = one("[data-stage]", box), bar = one("progress", box);
    const ask = async () => {
      try {
        const answer = await fetch(box.dataset.wait, { headers: { Accept: "application/json" } });
        if (!answer.ok || answer.redirected) return location.reload();
        const told = await answer.json();
        if (told.over) return location.reload();
        if (stage.textContent !== told.stage) stage.textContent = told.stage;
        if (told.steps) { bar.max = told.steps; bar.value = told.step; }
      } catch { /* no network for a moment: ask again */ }
      setTimeout(ask, 1500);
    };
    setTimeout(ask, 1000);
  }

  function start() {
    const form = one("form[data-upload]"), box = one("[data-wait]");
    if (form) { drop(form); upload(form); }
    if (box) wait(box);
    focusAlert();
  }
  start();
})();
