package privacy

import "time"

// Event says who did what to which record, and when. Every write carries its
// events in the same row or document, so that neither exists without the
// other. Events name people and records by reference only.
type Event struct {
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	Role   string    `json:"role"`
	Action Act       `json:"action"`
	Object string    `json:"object"`
	// Reason is a code from a closed list, where the action needs one.
	Reason string `json:"reason,omitempty"`
}

// Act is what an event says was done. The list is append-only.
type Act string

// The acts.
const (
	ActStored       Act = "submission.stored"
	ActQuarantined  Act = "submission.quarantined"
	ActRescored     Act = "submission.rescored" // a quarantined one, once it could be scored
	ActConflict     Act = "submission.conflict"
	ActNewResult    Act = "record.rescored"         // newer rules gave a result that is in force
	ActOffered      Act = "record.lowering_offered" // newer rules would take protection away; people decide
	ActOfferEnded   Act = "record.lowering_ended"   // newer rules no longer would
	ActClaimed      Act = "review.claimed"
	ActDecided      Act = "review.decided"
	ActOpened       Act = "answers.opened" // about to be: the event comes first
	ActUserSaved    Act = "user.saved"
	ActSignedIn     Act = "sign_in.granted"
	ActSignedOut    Act = "sign_in.revoked"
	ActRefreshReuse Act = "sign_in.refresh_reused"

	ActEnrolmentMade   Act = "device.enrolment_made"
	ActDeviceEnrolled  Act = "device.enrolled"
	ActDeviceConfirmed Act = "device.confirmed"
	ActDeviceRevoked   Act = "device.revoked"
	ActDeviceDrained   Act = "device.drained" // a revoked device was let deliver once what it had sealed
)
