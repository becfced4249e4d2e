namespace Portal.Domain.Shared;

/// <summary>The closed list of kinds of things that files, notes, audit rows, live changes and search entries point at.</summary>
public enum ObjectKind
{
    Company, Branch, Partner, Counterparty, Person, Place,
    User, Role, Employee, Driver, Vehicle, VehicleClass, Device, Shift, Trip, MapLayer,
    SavedView, Import, Setting, Session,
    ProcessDefinition, ProcessInstance, ProcessTask, Substitution,
    Assignment, Comment, StoredFile, MailPreference, ApiToken,
    Agreement, Interaction, Team, Reminder,
    DuplicateRun, FoundPair, Merge,
    Segment, ChangeOfMany, CompletenessRule,
    Pipeline, Deal, LeadSource, LossReason,
    Product, ProductGroup, PriceList, DiscountRule,
    SalesPlan,
    Offer,
    Lead, LeadStream, LeadForm, NeedQuestion, LeadTerritory,
    Warehouse, StockDocument,
    Order, Shipment,
    Invoice, Payment,
    Claim, ClaimCause, ClaimStep, ClaimIncident,
}

/// <summary>A pointer to any object of the product by kind and id.</summary>
public readonly record struct ObjectRef(ObjectKind Kind, Guid Id);
