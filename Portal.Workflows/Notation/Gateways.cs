namespace Portal.Workflows.Notation;

/// <summary>XOR: one way out; every arriving token passes on its own.</summary>
public sealed class ExclusiveGateway(NodeFacts facts) : FlowNode(facts);

/// <summary>AND: all ways out; waits for one token on each way in.</summary>
public sealed class ParallelGateway(NodeFacts facts) : FlowNode(facts);

/// <summary>OR: every way out whose condition holds; waits for all tokens that can still come.</summary>
public sealed class InclusiveGateway(NodeFacts facts) : FlowNode(facts);

/// <summary>Waits for the first of the events behind it.</summary>
public sealed class EventGateway(NodeFacts facts) : FlowNode(facts);
