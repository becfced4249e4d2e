namespace Portal.Workflows.Expressions;

/// <summary>A node of a parsed expression, with the position (from 1) at which it stands in the text.</summary>
internal abstract record Syntax(int Position);

internal sealed record Literal(Value Value, int Position) : Syntax(Position);
internal sealed record Variable(string Name, int Position) : Syntax(Position);
internal sealed record Member(Syntax Of, string Name, int Position) : Syntax(Position);
internal sealed record Filter(Syntax List, Syntax By, int Position) : Syntax(Position);
internal sealed record Call(string Function, IReadOnlyList<Syntax> Arguments, int Position) : Syntax(Position);
internal sealed record Negation(Syntax Operand, int Position) : Syntax(Position);
internal sealed record Arithmetic(string Operator, Syntax Left, Syntax Right, int Position) : Syntax(Position);
internal sealed record Comparison(string Operator, Syntax Left, Syntax Right, int Position) : Syntax(Position);
internal sealed record Logic(bool IsAnd, Syntax Left, Syntax Right, int Position) : Syntax(Position);
internal sealed record Conditional(Syntax If, Syntax Then, Syntax Else, int Position) : Syntax(Position);
internal sealed record Loop(string Name, Syntax Over, Syntax Body, int Position) : Syntax(Position);
internal sealed record Quantified(bool Every, string Name, Syntax Over, Syntax Condition, int Position) : Syntax(Position);
internal sealed record Membership(Syntax Operand, IReadOnlyList<Syntax> Tests, int Position) : Syntax(Position);
internal sealed record ListOf(IReadOnlyList<Syntax> Items, int Position) : Syntax(Position);
internal sealed record ContextOf(IReadOnlyList<(string Name, Syntax Value)> Entries, int Position) : Syntax(Position);
internal sealed record Interval(Syntax Low, bool LowIncluded, Syntax High, bool HighIncluded, int Position) : Syntax(Position);

// Unary tests: the cell of a decision table, which speaks about an input it does not name.
internal sealed record AnyTest(int Position) : Syntax(Position);
internal sealed record ComparisonTest(string Operator, Syntax Operand, int Position) : Syntax(Position);
internal sealed record NotTest(IReadOnlyList<Syntax> Tests, int Position) : Syntax(Position);
