// Passkeys: a form with data-passkey asks the device for a key, puts the answer into itself and goes on its way.
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function options(form) {
  const here = document.getElementById(form.dataset.options);
  const told = here
    ? JSON.parse(here.textContent)
    : await (await fetch(form.dataset.options, { headers: { Accept: "application/json" } })).json();
  const asked = (told.creation_options || told.request_options).publicKey;
  asked.challenge = bytes(asked.challenge);
  if (asked.user) asked.user.id = bytes(asked.user.id);
  for (const list of [asked.excludeCredentials, asked.allowCredentials]) {
    for (const one of list || []) one.id = bytes(one.id);
  }
  if (form.dataset.passkey === "create") {
    asked.authenticatorSelection = {
      ...asked.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required",
    };
  }
  return { publicKey: asked };
}

function told(key) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (key.response[name]) response[name] = text(key.response[name]);
  }
  return {
    id: key.id, rawId: text(key.rawId), type: key.type, response,
    clientExtensionResults: key.getClientExtensionResults(),
  };
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) break;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = form.querySelector("[data-problem]");
    problem.hidden = true;
    try {
      const key = await navigator.credentials[form.dataset.passkey](await options(form));
      form.elements.credential.value = JSON.stringify(told(key));
      form.submit();
    } catch {
      problem.hidden = false;
    }
  });
}
