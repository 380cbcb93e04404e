// Signing in: a name and its password, or a key, are sent once; a cookie stands for them afterwards.

const all = document.getElementById("signin");
const refused = document.getElementById("refused");

function refuse(reason) {
  refused.textContent = reason || all.dataset.noAnswer;
  refused.hidden = false;
}

/** Return the fields of a form by name; spaces belong to a password, and to nothing else. */
function fieldsOf(form) {
  return Object.fromEntries([...form.elements].filter(({ name }) => name).map(({ name, value }) => [name, name === "password" ? value : value.trim()]));
}

async function signIn(form) {
  refused.hidden = true;
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(all.dataset.session, { method: "POST", headers, body: JSON.stringify(fieldsOf(form)) }).catch(() => null);
  if (answer?.ok) {
    window.location.assign(all.dataset.next);
    return;
  }
  // A proxy whose service is down answers in a form of its own.
  const problem = await answer?.json().catch(() => null);
  refuse(problem?.detail);
}

for (const form of all.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    signIn(form);
  });
  form.querySelector("button").disabled = false;
}
