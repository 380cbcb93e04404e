// Signing in: the key is sent once, a cookie stands for it afterwards.

const form = document.getElementById("signin");
const refused = document.getElementById("refused");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  refused.hidden = true;
  const answer = await fetch(form.dataset.session, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ key: document.getElementById("key").value.trim() }),
  });
  if (answer.ok) {
    window.location.assign(form.dataset.next);
    return;
  }
  refused.textContent = (await answer.json()).detail;
  refused.hidden = false;
});
