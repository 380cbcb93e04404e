// Signing in: the key is sent once, a cookie stands for it afterwards.

const form = document.getElementById("signin");
const refused = document.getElementById("refused");

function refuse(reason) {
  refused.textContent = reason || form.dataset.noAnswer;
  refused.hidden = false;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  refused.hidden = true;
  const told = { key: document.getElementById("key").value.trim() };
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(form.dataset.session, { method: "POST", headers, body: JSON.stringify(told) }).catch(() => null);
  if (answer?.ok) {
    window.location.assign(form.dataset.next);
    return;
  }
  // A proxy whose service is down answers in a form of its own.
  const problem = await answer?.json().catch(() => null);
  refuse(problem?.detail);
});
document.getElementById("send").disabled = false;
