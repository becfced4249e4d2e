using System.Globalization;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>User tasks: the task given to people, and its completion.</summary>
internal static class UserTasks
{
    public static void Enter(Execution run, Token token, UserTask node)
    {
        token = run.Put(token with { Kind = TokenKind.Waiting });
        var created = Execution.Named(node, () => Describe(run, token, node));
        run.Add(new Wait(created.Task, WaitKind.Task, token.Id, node.Id));
        run.Say(created);
        if (created is { Due: { } due, EscalateTo: { } target })
            Jobs.Schedule(run, new Wait(run.NextId(), WaitKind.Escalation, token.Id, node.Id, due, Target: target));
        Boundaries.Arm(run, token);
    }

    private static CreateTask Describe(Execution run, Token token, UserTask node)
    {
        var (work, evaluation) = (node.Work, run.Evaluation(token.Scope));
        return new CreateTask(
            run.NextId(), node.Id, token.Id,
            work.Title is { } title ? title.Evaluate(evaluation).ToString()! : node.Name,
            work.Instruction,
            work.Assignee?.Names(evaluation).FirstOrDefault(),
            work.CandidateUsers?.Names(evaluation) ?? [],
            work.CandidateRoles?.Names(evaluation) ?? (run.Map.LaneOf(node) is { } lane ? [lane.Role] : []),
            work.Due is { } due ? Deadline.Of(due, evaluation) : null,
            work.EscalateTo?.Names(evaluation).FirstOrDefault(),
            Priority(work.Priority?.Evaluate(evaluation)),
            work.Form,
            ContextValue.Of(work.Form.Select(field => (field.Key, run.Lookup(token.Scope, field.Key) ?? field.Default?.Evaluate(evaluation) ?? Value.Null))),
            token.Stage,
            work.NotBy,
            work.ToOwner);
    }

    private static int Priority(Value? value) => value switch
    {
        NumberValue number => (int)Math.Clamp(number.Amount, 0, 100),
        TextValue text when int.TryParse(text.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => Math.Clamp(number, 0, 100),
        _ => 50,
    };

    public static void Complete(Execution run, Wait wait, ContextValue values)
    {
        var token = run.Token(wait.Token!.Value);
        var node = run.Map.Node(token.Node);
        var accepted = TaskForm.Accepted(node, values);
        run.SetVariables(token.Scope, accepted);
        foreach (var field in node.Work.Form)
            if (field is { IsReadOnly: false, RequiredWhen: { } condition } && TaskForm.IsBlank(accepted[field.Key]) && run.Holds(node, condition, token.Scope))
                throw Execution.Refusal("process.field-missing", node, field.Label.Default);
        bool? success = node.Work.Success is { } verdict ? run.Holds(node, verdict, token.Scope) : null;
        run.Remove(wait);
        run.Say(new CloseTask(wait.Id, success, run.Map.ApartFrom(node.Id)));
        run.Leave(token, success);
    }
}
