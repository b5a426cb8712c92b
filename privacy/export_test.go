package privacy

// IntakePrivate gives the private half of an intake key, for vectors that other
// implementations are tested with.
func (k *Keys) IntakePrivate(tenant, id string) []byte {
	q, _ := ParseQuarter(id)
	return must(k.intake(tenant, q).private.Bytes())
}
