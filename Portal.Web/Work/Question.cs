namespace Portal.Web.Work;

/// <summary>What the inbox asks before it acts.</summary>
public enum Question
{
    None, Give, Change, Delegate, DelegateMany, AddSigner, SendBack, WithdrawProcess, Report, Return, WithdrawAssignment,
}

/// <summary>What a press does at once to an assignment.</summary>
public enum AssignmentAct { Accept, Approve }
