package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"text/tabwriter"
)

// announce tells whoever started the server what to open and how to sign in.
func (s *serveCommand) announce(c *console, r *running) error {
	scheme := "http"
	if s.TLSCert != "" {
		scheme = "https"
	}
	base := scheme + "://" + r.listener.Addr().String()

	var b strings.Builder
	fmt.Fprintf(&b, "Waymark %s is ready.\n\n", buildVersion())
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "  Open\t%s\n", base)
	fmt.Fprintf(w, "  API\t%s/docs\n", base)
	fmt.Fprintf(w, "  Data\t%s\n", s.Data)
	fmt.Fprintf(w, "  Keys\t%s\n", filepath.Join(s.Data, keysDir))
	fmt.Fprintf(w, "  Languages\t%s\n", r.texts.served())
	for _, e := range r.texts.catalog.All() {
		fmt.Fprintf(w, "  Rules\t%s by rules %s\n", e.Instrument.Ref(), e.Rules.Version)
	}
	if r.demoCode != "" {
		fmt.Fprintf(w, "  Tablet\t%s  enrols this browser; the supervisor confirms it\n", enrolmentLink(base, r.demoCode))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if r.data.newKeys {
		b.WriteString("\n  The keys are new. Keep a copy of them apart from the data: without them the data cannot be read.\n")
	}
	if s.Demo {
		fmt.Fprintf(&b, "\n  Demo agency %q; anyone can know these passwords:\n\n", demoAgency)
		w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "    role\tname\tpassword")
		for _, u := range demoUsers() {
			fmt.Fprintf(w, "    %s\t%s\t%s\n", u.Role, u.Name, demoPassword(u.Name))
		}
		if err := w.Flush(); err != nil {
			return err
		}
		fmt.Fprintf(&b, "\n  Try it:\n\n%s\n", tryIt(base))
	} else {
		b.WriteString("\n  Add users with: waymark user add --help\n")
	}
	b.WriteString("\n  Stop with Ctrl-C.\n")
	_, err := fmt.Fprint(c.out, b.String())
	return err
}

// tryIt is one command that signs in and scores an interview.
func tryIt(base string) string {
	return fmt.Sprintf(`curl -s %[1]s/v1/assessments -H 'Content-Type: application/json' -H "Authorization: Bearer $(curl -s %[1]s/v1/auth/token -H 'Content-Type: application/json' -d '{"grant_type":"password","agency":"%[2]s","name":"officer","password":"%[3]s"}' | sed 's/.*"access_token":"\([^"]*\)".*/\1/')" -d '{"instrument":"screen-fc","answers":{"B01":["30_47"],"C04":["entirely"],"C06":["pay","hours"],"E01":["chat"],"E02":["punished"],"F01":["never"]}}'`,
		base, demoAgency, demoPassword("officer"))
}
