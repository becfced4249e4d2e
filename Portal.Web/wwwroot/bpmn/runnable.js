// The drawing tools offer what can run; what the check would refuse is not offered. A task is drawn as a person's task.
const REFUSED = /compensation|condition(al)?-(start|intermediate|boundary|event)|cancel|ad-?hoc|transaction|complex|event-subprocess|instantiating|toggle-loop/;

const kept = entries => Object.fromEntries(Object.entries(entries).filter(([key]) => !REFUSED.test(key)));

class RunnableElements {
  static $inject = ['palette', 'contextPad', 'popupMenu', 'create', 'elementFactory', 'autoPlace', 'translate'];

  constructor(palette, contextPad, popupMenu, create, elementFactory, autoPlace, translate) {
    Object.assign(this, { create, elementFactory, autoPlace, translate });
    const after = 500;   // a provider of lower priority sees what the earlier ones offer
    palette.registerProvider(after, this);
    contextPad.registerProvider(after, this);
    popupMenu.registerProvider('bpmn-replace', after, this);
  }

  getPaletteEntries() {
    return entries => {
      const { 'create.task': task, ...others } = entries;
      const offered = [];
      for (const [key, entry] of Object.entries(others)) {
        if (key === 'create.subprocess-expanded') offered.push(['create.user-task', this.#tool(task, 'bpmn:UserTask', 'user', 'Create user task')], ['create.service-task', this.#tool(task, 'bpmn:ServiceTask', 'service', 'Create service task')]);
        offered.push([key, entry]);
      }
      return Object.fromEntries(offered);
    };
  }

  #tool(like, type, symbol, title) {
    const start = event => this.create.start(event, this.elementFactory.createShape({ type }));
    return { ...like, className: `bpmn-icon-${symbol}-task`, title: this.translate(title), action: { dragstart: start, click: start } };
  }

  getContextPadEntries() {
    return entries => {
      const offered = kept(entries);
      if (offered['append.append-task']) offered['append.append-task'] = this.#append(offered['append.append-task']);
      return offered;
    };
  }

  #append(like) {
    const shape = () => this.elementFactory.createShape({ type: 'bpmn:UserTask' });
    return {
      ...like, className: 'bpmn-icon-user-task', title: this.translate('Append user task'),
      action: {
        click: (_, element) => this.autoPlace.append(element, shape()),
        dragstart: (event, element) => this.create.start(event, shape(), { source: element }),
      },
    };
  }

  getPopupMenuEntries() {
    return kept;
  }

  getPopupMenuHeaderEntries() {
    return kept;
  }
}

export const runnableElements = { __init__: ['runnableElements'], runnableElements: ['type', RunnableElements] };
