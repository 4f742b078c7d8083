type Choice = "" | "light" | "dark";

/** Light or dark: as the system has it, until somebody chooses. */
class Theme {
  #system = matchMedia("(prefers-color-scheme: dark)");
  choice = $state<Choice>((localStorage.getItem("nexa.theme") ?? "") as Choice);
  #dark = $state(this.#system.matches);

  constructor() {
    this.#system.addEventListener("change", (event) => {
      this.#dark = event.matches;
    });
  }

  get dark(): boolean {
    return this.choice ? this.choice === "dark" : this.#dark;
  }

  toggle(): void {
    this.choice = this.dark ? "light" : "dark";
    localStorage.setItem("nexa.theme", this.choice);
    document.documentElement.dataset.theme = this.choice;
  }
}

export const theme = new Theme();
