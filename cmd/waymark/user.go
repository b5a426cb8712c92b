package main

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"waymark/auth"
	"waymark/auth/signin"
	"waymark/fault"
	"waymark/locales"
)

// userCommand adds and changes users. It works beside a running server, which
// sees a change within seconds.
type userCommand struct {
	Add      userAddCommand      `cmd:"" help:"Add a user. Prints a new password unless one is given."`
	List     userListCommand     `cmd:"" help:"List users."`
	Password userPasswordCommand `cmd:"" help:"Give a user a new password."`
	Disable  userDisableCommand  `cmd:"" help:"Close a user's access."`
	Enable   userEnableCommand   `cmd:"" help:"Open a user's access again."`
}

// userName names a user.
type userName struct {
	Agency string `help:"Code of the agency." required:"" env:"WAYMARK_AGENCY"`
	Name   string `arg:"" help:"Name to sign in with."`
}

// passwordFlag says where a password comes from. It is never a flag's value,
// because those are seen by everyone on the machine.
type passwordFlag struct {
	PasswordStdin bool `help:"Read the password from the first line of standard input instead of making one."`
}

type userAddCommand struct {
	dataFlags
	userName
	passwordFlag
	Role auth.Role `help:"One of officer, case_worker, supervisor, administrator, auditor, analyst." required:""`
	Site []string  `help:"Code of a site; again for each further one. An officer or case worker has exactly one."`
}

// Run adds a user.
func (u *userAddCommand) Run(c *console) error {
	return withRegistry(c, u.dataFlags, func(r *signin.Registry) error {
		password, made, err := u.password(c)
		if err != nil {
			return err
		}
		added, err := r.Add(c.ctx, signin.User{Tenant: u.Agency, Name: u.Name, Role: u.Role, Sites: u.Site}, password)
		if fault.CodeOf(err) == fault.StaleVersion {
			return fmt.Errorf("agency %q has a user %q already", u.Agency, u.Name)
		}
		if err != nil {
			return err
		}
		return tell(c, made, password, "added %s %s of agency %s", added.Role, added.Name, added.Tenant)
	})
}

type userPasswordCommand struct {
	dataFlags
	userName
	passwordFlag
}

// Run gives a user a new password.
func (u *userPasswordCommand) Run(c *console) error {
	return withRegistry(c, u.dataFlags, func(r *signin.Registry) error {
		password, made, err := u.password(c)
		if err != nil {
			return err
		}
		if err := r.SetPassword(c.ctx, u.Agency, u.Name, password); err != nil {
			return err
		}
		return tell(c, made, password, "%s of agency %s has a new password", u.Name, u.Agency)
	})
}

type userDisableCommand struct {
	dataFlags
	userName
}

// Run closes a user's access.
func (u *userDisableCommand) Run(c *console) error {
	return setDisabled(c, u.dataFlags, u.userName, true)
}

type userEnableCommand struct {
	dataFlags
	userName
}

// Run opens a user's access again.
func (u *userEnableCommand) Run(c *console) error {
	return setDisabled(c, u.dataFlags, u.userName, false)
}

func setDisabled(c *console, f dataFlags, u userName, disabled bool) error {
	return withRegistry(c, f, func(r *signin.Registry) error {
		if err := r.SetDisabled(c.ctx, u.Agency, u.Name, disabled); err != nil {
			return err
		}
		word := map[bool]string{true: "disabled", false: "enabled"}[disabled]
		return tell(c, false, "", "%s of agency %s is %s", u.Name, u.Agency, word)
	})
}

type userListCommand struct {
	dataFlags
	Agency string `help:"Code of one agency; all when absent." env:"WAYMARK_AGENCY"`
}

// Run lists users, without passwords.
func (u *userListCommand) Run(c *console) error {
	return withRegistry(c, u.dataFlags, func(r *signin.Registry) error {
		users, err := r.List(c.ctx, u.Agency)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "AGENCY\tNAME\tROLE\tSITES\tACCESS")
		for _, user := range users {
			access := "open"
			switch {
			case user.Disabled:
				access = "disabled"
			case user.Demo:
				access = "demo only"
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", user.Tenant, user.Name, user.Role, strings.Join(user.Sites, ","), access)
		}
		return w.Flush()
	})
}

// withRegistry opens the data, lends the registry and closes again.
func withRegistry(c *console, f dataFlags, do func(*signin.Registry) error) (err error) {
	d, err := openData(c.ctx, f, c.random, shared)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	err = do(signin.NewRegistry(d.stores, signin.DefaultHashing(), c.random, c.now, "waymark user"))
	return plain(err)
}

// password reads a password or makes one, and says which.
func (p passwordFlag) password(c *console) (password string, made bool, err error) {
	if p.PasswordStdin {
		line, err := bufio.NewReader(c.in).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", false, err
		}
		return strings.TrimRight(line, "\r\n"), false, nil
	}
	secret := make([]byte, 15)
	if _, err := io.ReadFull(c.random, secret); err != nil {
		return "", false, err
	}
	return base64.RawURLEncoding.EncodeToString(secret), true, nil
}

// tell says what was done, and shows a password that was made just now.
func tell(c *console, made bool, password, format string, args ...any) error {
	text := fmt.Sprintf(format, args...) + "\n"
	if made {
		text += "password: " + password + "\nIt is shown this once.\n"
	}
	_, err := io.WriteString(c.out, text)
	return err
}

// plain writes a fault for the person at the terminal, in English.
func plain(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err
	}
	messages, loadErr := locales.Load(locales.Shipped())
	if loadErr != nil {
		return errors.Join(err, loadErr)
	}
	if len(f.Fields) == 0 {
		if f.Code == fault.NotFound {
			return errors.New("there is no such user")
		}
		return err
	}
	var lines []string
	for _, field := range f.Fields {
		line := strings.TrimPrefix(field.Pointer, "/") + ": " + messages.Text(locales.Default, "field."+string(field.Code))
		if len(field.Allowed) > 0 {
			line += " Allowed: " + strings.Join(field.Allowed, ", ") + "."
		}
		lines = append(lines, line)
	}
	return errors.New(strings.Join(lines, "\n         "))
}
