// The buttons that end the session.

for (const button of document.querySelectorAll(".sign-out")) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    await fetch(button.dataset.session, { method: "DELETE", headers: { "X-CSRF-Token": button.dataset.csrf } });
    window.location.reload();
  });
}
