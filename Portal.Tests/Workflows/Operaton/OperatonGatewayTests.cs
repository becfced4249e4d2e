using Portal.Domain.Shared;
using Portal.Tests.Support;
using Portal.Tests.Workflows.Engine;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Workflows.Operaton;

/// <summary>Gateway scenarios of the Operaton set.</summary>
public sealed class OperatonGatewayTests
{
    private static PaperRunner Runner(params string[] files) => new([.. files.Select(OperatonModel.Process)]);

    private static (string, Value) Input(int value) => ("input", Value.Of(value));

    [SharedDataFact(OperatonModel.Folder)]
    public void DivergingExclusiveGateway()
    {
        for (var i = 1; i <= 3; i++)
        {
            var runner = Runner("gateway/ExclusiveGatewayTest.testDivergingExclusiveGateway.bpmn20.xml");
            var state = runner.Start("exclusiveGwDiverging", Input(i));
            Assert.Equal([$"Task {i}"], runner.Open);
            runner.Send(state.Id, new Cancel("test"));
            Assert.Empty(runner.Tasks);
        }
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void MergingExclusiveGateway_DoesNotSynchronise()
    {
        var runner = Runner("gateway/ExclusiveGatewayTest.testMergingExclusiveGateway.bpmn20.xml");
        runner.Start("exclusiveGwMerging");
        Assert.Equal(3, runner.Tasks.Count);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void DefaultSequenceFlow()
    {
        var runner = Runner("gateway/ExclusiveGatewayTest.testDefaultSequenceFlow.bpmn20.xml");
        var first = runner.Start("exclusiveGwDefaultSequenceFlow", Input(1));
        Assert.Equal(["Input is one"], runner.Open);
        runner.Send(first.Id, new Cancel("test"));
        runner.Start("exclusiveGwDefaultSequenceFlow", Input(5));
        Assert.Equal(["Default input"], runner.Open);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void NoSequenceFlowSelected_FailsByName_AndLeavesNothing()
    {
        var runner = Runner("gateway/ExclusiveGatewayTest.testNoSequenceFlowSelected.bpmn20.xml");
        var refusal = Assert.Throws<RuleBrokenException>(() => runner.Start("exclusiveGwNoSeqFlowSelected", Input(4)));
        Assert.Equal("process.no-flow", refusal.Code);
        Assert.Contains("exclusiveGw", refusal.Args);
        Assert.Empty(runner.Instances);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void ForkJoin()
    {
        var runner = Runner("gateway/ParallelGatewayTest.testForkJoin.bpmn20.xml");
        runner.Start("forkJoin");
        Assert.Equal(["Receive Payment", "Ship Order"], runner.Open);
        runner.Complete("Receive Payment");
        runner.Complete("Ship Order");
        Assert.Equal(["Archive Order"], runner.Open);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void UnbalancedForkJoin()
    {
        var runner = Runner("gateway/ParallelGatewayTest.testUnbalancedForkJoin.bpmn20.xml");
        runner.Start("UnbalancedForkJoin");
        Assert.Equal(3, runner.Tasks.Count);
        runner.Complete("Task 1");
        Assert.Equal(["Task 2", "Task 3"], runner.Open);
        runner.Complete("Task 2");
        Assert.Equal(["Task 3", "Task 4"], runner.Open);
        runner.Complete("Task 3");
        runner.Complete("Task 4");
        Assert.True(runner.AllEnded);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void NestedForkJoin()
    {
        var runner = Runner("gateway/ParallelGatewayTest.testNestedForkJoin.bpmn20.xml");
        var state = runner.Start("nestedForkJoin");
        runner.Complete("Task 0");
        Assert.Equal(["Task A", "Task B"], runner.Open);
        runner.Complete("Task A");
        Assert.Equal(["Task B"], runner.Open);
        Assert.Equal(2, runner.Instances[state.Id].Tokens.Length);
        runner.Complete("Task B");
        Assert.Equal(["Task B1", "Task B2"], runner.Open);
        Assert.Equal(3, runner.Instances[state.Id].Tokens.Length);
        runner.Complete("Task B1");
        runner.Complete("Task B2");
        Assert.Equal(["Task C"], runner.Open);
        Assert.Single(runner.Instances[state.Id].Tokens);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void CompletingJoin_EndsWithinTheStart()
    {
        var runner = Runner("gateway/ParallelGatewayTest.testCompletingJoin.bpmn");
        Assert.Equal(InstanceStatus.Completed, runner.Start("process").Status);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void UnstructuredConcurrencyTwoJoins_EndsWithinTheStart()
    {
        var runner = Runner("gateway/ParallelGatewayTest.testUnstructuredConcurrencyTwoJoins.bpmn");
        Assert.Equal(InstanceStatus.Completed, runner.Start("unstructuredConcurrencyTwoJoins").Status);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void DivergingInclusiveGateway()
    {
        for (var i = 1; i <= 3; i++)
        {
            var runner = Runner("gateway/InclusiveGatewayTest.testDivergingInclusiveGateway.bpmn20.xml");
            runner.Start("inclusiveGwDiverging", Input(i));
            Assert.Equal(Enumerable.Range(i, 4 - i).Select(n => $"Task {n}"), runner.Open);
        }
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void MergingInclusiveGateway_FiresOnce()
    {
        var runner = Runner("gateway/InclusiveGatewayTest.testMergingInclusiveGateway.bpmn20.xml");
        runner.Start("inclusiveGwMerging", Input(2));
        Assert.Single(runner.Tasks);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void PartialMergingInclusiveGateway()
    {
        var runner = Runner("gateway/InclusiveGatewayTest.testPartialMergingInclusiveGateway.bpmn20.xml");
        runner.Start("partialInclusiveGwMerging", Input(2));
        Assert.Equal("partialTask", Assert.Single(runner.Tasks).Task.Node);
        runner.Complete("partialTask");
        Assert.Equal("theTask", Assert.Single(runner.Tasks).Task.Node);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void InclusiveLoop()
    {
        var runner = Runner("gateway/InclusiveGatewayTest.testLoop.bpmn20.xml");
        var state = runner.Start("inclusiveTestLoop", ("counter", Value.Of(1)));
        Assert.Equal(["task C"], runner.Open);
        runner.Complete("task C");
        Assert.Empty(runner.Tasks);
        Assert.Empty(runner.Instances[state.Id].Tokens);
        Assert.True(runner.AllEnded);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void EventGateway_MessageWinsOverSignalAndTimer()
    {
        var runner = Runner("gateway/EventBasedGatewayTest.testCatchSignalAndMessageAndTimer.bpmn20.xml");
        runner.Start("catchSignal");
        Assert.Equal((2, 1), (runner.Subscriptions.Count, runner.Jobs.Count));
        runner.Message("newInvoice");
        Assert.Equal((0, 0), (runner.Subscriptions.Count, runner.Jobs.Count));
        Assert.Equal(["afterMessage"], runner.Open);
        runner.Complete("afterMessage");
        Assert.True(runner.AllEnded);
    }

    [SharedDataFact(OperatonModel.Folder)]
    public void EventGateway_SignalCancelsTimer_AndTimerCancelsSignal()
    {
        var runner = Runner("gateway/EventBasedGatewayTest.testCatchAlertAndTimer.bpmn20.xml", "gateway/EventBasedGatewayTest.throwAlertSignal.bpmn20.xml");
        runner.Start("catchSignal");
        runner.Start("throwSignal");
        Assert.Equal((0, 0), (runner.Subscriptions.Count, runner.Jobs.Count));
        Assert.Equal(["afterSignal"], runner.Open);
        runner.Complete("afterSignal");

        runner.Start("catchSignal");
        runner.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal((0, 0), (runner.Subscriptions.Count, runner.Jobs.Count));
        Assert.Equal(["afterTimer"], runner.Open);
    }
}
