interface Toast {
  id: number;
  text: string;
  refused: boolean;
  undo?: (() => void) | undefined;
}

class Toasts {
  list = $state<Toast[]>([]);
  #next = 0;

  say(text: string, undo?: () => void): void {
    this.#add({ id: ++this.#next, text, refused: false, undo }, undo ? 8000 : 3500);
  }

  refuse(text: string): void {
    this.#add({ id: ++this.#next, text, refused: true }, 9000);
  }

  drop(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  #add(toast: Toast, stays: number): void {
    this.list = [...this.list.filter((one) => one.text !== toast.text).slice(-2), toast];
    setTimeout(() => this.drop(toast.id), stays);
  }
}

export const toasts = new Toasts();
